/**
 * What runs cells in Pyodide: the part of IPython that notebooks of a course use. The value of a
 * last expression is shown, `display` shows more, and a mistake is told as Python tells it.
 */
export const pyodideProgram = `
import ast, base64, builtins, json, linecache, sys, traceback
from pyodide.code import eval_code_async

_media = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
    "_repr_latex_": "text/latex",
    "_repr_json_": "application/json",
}

def _data(value):
    data = {}
    bundle = getattr(value, "_repr_mimebundle_", None)
    if callable(bundle) and not isinstance(value, type):
        found = bundle()
        data.update(found[0] if isinstance(found, tuple) else found)
    for name, media in _media.items():
        method = getattr(value, name, None)
        if isinstance(value, type) or not callable(method):
            continue
        found = method()
        if found is None:
            continue
        if isinstance(found, tuple):
            found = found[0]
        data[media] = base64.b64encode(found).decode() if isinstance(found, bytes) else found
    data["text/plain"] = _plain(value)
    return data

def _plain(value):
    import pprint
    if type(value) in (dict, list, tuple, set, frozenset):
        return pprint.pformat(value, width=79, compact=False, sort_dicts=False)
    return repr(value)

def _display(*values, **_options):
    for value in values:
        sys.stdout.flush()
        sys.stderr.flush()
        _say(json.dumps({"type": "display_data", "content": {"data": _data(value), "metadata": {}}}))

builtins.display = _display

class _Main(dict):
    pass

import __main__
_names = __main__.__dict__
_names["display"] = _display
_count = 0

def _magic(line):
    text = line.strip()
    return text.startswith(("%", "!")) and not text.startswith("%%")

def _without_magic(source):
    lines = []
    for line in source.split("\\n"):
        if _magic(line):
            words = line.strip()
            if not words.startswith("%matplotlib"):
                raise NotImplementedError(
                    f"{words.split()[0]} needs a Jupyter kernel; the Python that comes with clx has none"
                )
            line = ""
        lines.append(line)
    return "\\n".join(lines)

async def _run(source):
    global _count
    _count += 1
    name = f"<cell {_count}>"
    linecache.cache[name] = (len(source), None, [line + "\\n" for line in source.split("\\n")], name)
    reply = {"status": "ok", "execution_count": _count}
    try:
        if source.lstrip().startswith("%%"):
            raise NotImplementedError(
                f"{source.split()[0]} needs a Jupyter kernel; the Python that comes with clx has none"
            )
        value = await eval_code_async(_without_magic(source), globals=_names, filename=name)
        if value is not None:
            _names["_"] = value
            sys.stdout.flush()
            sys.stderr.flush()
            content = {"data": _data(value), "metadata": {}, "execution_count": _count}
            _say(json.dumps({"type": "execute_result", "content": content}))
    except BaseException as error:
        reply = _told(error, name)
        reply["execution_count"] = _count
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return json.dumps(reply)

def _told(error, name):
    frames = traceback.extract_tb(error.__traceback__)
    own = [at for at, frame in enumerate(frames) if frame.filename.startswith("<cell ")]
    shown = frames[own[0]:] if own else []
    lines = ["Traceback (most recent call last):\\n"] if shown else []
    lines += traceback.format_list(shown)
    lines += traceback.format_exception_only(type(error), error)
    ename, evalue = type(error).__name__, str(error)
    if isinstance(error, ModuleNotFoundError):
        evalue += _missing(error.name)
    last = [frame.lineno for frame in frames if frame.filename == name]
    line = error.lineno if isinstance(error, SyntaxError) else (last[0] if last else None)
    text = [part.rstrip("\\n") for part in lines]
    _say(json.dumps({"type": "error", "content": {"ename": ename, "evalue": evalue, "traceback": text}}))
    return {"status": "error", "ename": ename, "evalue": evalue, "line": line}

def _missing(name):
    root = (name or "").split(".")[0]
    return (
        f"; the Python that comes with clx has the standard library alone: install a Jupyter kernel"
        f" with {root} (pip install ipykernel {root})"
    )
`;
