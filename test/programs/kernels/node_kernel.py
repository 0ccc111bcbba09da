"""A Jupyter kernel for TypeScript: cells run in one Node, whose program is told by NODE_CELLS."""

import json
import os
import subprocess

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class NodeKernel(Kernel):
    implementation = "node-cells"
    implementation_version = "1"
    banner = "TypeScript, run by Node"
    language_info = {
        "name": "typescript",
        "mimetype": "text/x.typescript",
        "file_extension": ".ts",
    }

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.node = subprocess.Popen(
            json.loads(os.environ["NODE_CELLS"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False):
        self.node.stdin.write(json.dumps(code) + "\n")
        self.node.stdin.flush()
        while True:
            line = self.node.stdout.readline()
            if not line:
                os._exit(1)
            kind, content = json.loads(line)
            if kind != "reply":
                self.send_response(self.iopub_socket, kind, self.numbered(kind, content))
                continue
            if content["status"] == "error":
                self.send_response(self.iopub_socket, "error", content)
            return {**content, **self.counted}

    @property
    def counted(self):
        return {"execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def numbered(self, kind, content):
        if kind != "execute_result":
            return content
        return {**content, "execution_count": self.execution_count, "metadata": {}}

    def do_shutdown(self, restart):
        self.node.kill()
        return {"status": "ok", "restart": restart}


IPKernelApp.launch_instance(kernel_class=NodeKernel)
