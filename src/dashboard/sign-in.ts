import { hiddenFields, submitButton } from "./button.ts";
import { type Html, html } from "./html.ts";
import type { Viewer } from "./page.ts";

export interface SignInModel {
  readonly viewer: Viewer;
  /** Where one wanted to go: a path of this server. */
  readonly to: string;
  /** Why the last try was refused. */
  readonly problem?: string;
  /** Why one is asked: "Your sign-in has ended." */
  readonly why?: string | undefined;
  /** No key is in force, so that nobody needs to sign in. */
  readonly isOpen: boolean;
}

export function signIn(model: SignInModel): Html {
  return html`<section class="sign-in" aria-labelledby="sign-in-title">
<h1 id="sign-in-title">Sign in</h1>
${model.isOpen ? openWords(model) : form(model)}
</section>`;
}

function openWords({ to }: SignInModel): Html {
  return html`<p>No key is in force, so everybody on this machine may do everything, and nobody needs to sign in.</p>
<p>To change that, make a key: <code>clx keys create NAME --role admin</code></p>
<p><a class="button" href="${to}">Go on</a></p>`;
}

function form(model: SignInModel): Html {
  const { viewer, to, problem, why } = model;
  const described = problem === undefined ? "key-help" : "key-problem key-help";
  return html`${why !== undefined && html`<p>${why}</p>`}
${viewer.isSignedIn && html`<p>You are signed in as <strong>${viewer.name}</strong> (${viewer.role ?? ""}). <a href="${to}">Go on</a>, or sign in with another key.</p>`}
<form method="post" action="/sign-in">
${hiddenFields(viewer, { to })}
<p class="field"><label for="key">Key</label>
${problem !== undefined && html`<span id="key-problem" class="problem" role="alert">${problem}</span>`}
<input id="key" name="key" type="password" required maxlength="200" autocomplete="current-password" autocapitalize="off" spellcheck="false" aria-describedby="${described}"${problem !== undefined && html` aria-invalid="true"`} autofocus></p>
<p id="key-help" class="muted">It begins with <code>clx_</code>. Who runs this server makes one with <code>clx keys create NAME --role viewer</code>.</p>
<p>${submitButton({ label: "Sign in", look: "primary" })}</p>
</form>`;
}
