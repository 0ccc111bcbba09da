import { ClxError } from "../../domain/errors.ts";
import type { AccessStore, ApiKey } from "../../store/access-store.ts";
import type { Clock } from "../../supervisor/clock.ts";
import type { ServerSettings } from "../server-settings.ts";
import { neighbourhoodOf } from "./address.ts";
import type { Caller } from "./caller.ts";
import { endSignInCookie, hostOf, readSignInCookie, writeSignInCookie } from "./cookie.ts";
import { credentialOf } from "./credential.ts";
import type { Gate, SignInParams } from "./gate.ts";
import { KeyTouches } from "./key-touches.ts";
import { isLoopback, namesThisMachine } from "./loopback.ts";
import { checkOrigin, checkReader, isOwnSite } from "./origin.ts";
import { RateLimit } from "./rate-limit.ts";
import { csrfTokenOf, hashOf, isSameSecret, newSecret } from "./secret.ts";
import { WrongKeys } from "./wrong-keys.ts";

export interface GateParams {
  readonly access: AccessStore;
  readonly settings: Pick<ServerSettings, "host" | "rateLimit" | "signInMs">;
  readonly clock: Clock;
}

/** How long others' first key, or last revocation, may stay unnoticed. */
const keysKnownMs = 1_000;

/** Pages fetch what they show: so many times more often than programs they may ask. */
export const pagesFactor = 10;

/** Of each caller; each costs a write. */
export const refusalsToldPerMinute = 120;

const local: Caller = { kind: "local", name: "local", role: "admin" };
const nobody: Caller = { kind: "nobody", name: "nobody" };

export function createGate(params: GateParams): Gate {
  return new AccessGate(params);
}

class AccessGate implements Gate {
  readonly #access: AccessStore;
  readonly #settings: GateParams["settings"];
  readonly #clock: Clock;
  readonly #touches: KeyTouches;
  readonly #wrongKeys: WrongKeys;
  readonly #programs: RateLimit;
  readonly #pages: RateLimit;
  readonly #refusals: RateLimit;
  #keys: { readonly any: boolean; readonly at: number } | undefined;

  /** By what each caller came in. */
  readonly #hashes = new WeakMap<Caller, string>();

  constructor({ access, settings, clock }: GateParams) {
    this.#access = access;
    this.#settings = settings;
    this.#clock = clock;
    this.#touches = new KeyTouches(access, clock);
    this.#wrongKeys = new WrongKeys(clock);
    this.#programs = new RateLimit({ perMinute: settings.rateLimit, clock });
    this.#pages = new RateLimit({ perMinute: settings.rateLimit * pagesFactor, clock });
    this.#refusals = new RateLimit({ perMinute: refusalsToldPerMinute, clock });
  }

  async identify(request: Request, address?: string): Promise<Caller> {
    const credential = credentialOf(request);
    if (credential?.kind === "key") return await this.#byKey(credential.secret, address);
    if (credential) {
      const caller = await this.#byCookie(credential.secret);
      if (caller) {
        checkReader(request);
        return caller;
      }
    }
    if (await this.#anyKeys()) return nobody;
    checkIsLocal(request, this.#settings.host);
    checkReader(request);
    return local;
  }

  checkChange(request: Request, caller: Caller, formToken: string | undefined): void {
    if (caller.kind === "key") return;
    checkOrigin(request);
    if (caller.kind !== "signIn") return;
    const token = request.headers.get("X-CSRF-Token") ?? formToken;
    const { csrfToken } = caller;
    if (token !== undefined && csrfToken && isSameSecret(token, csrfToken)) return;
    throw new ClxError(
      "forbidden",
      "this change lacks the token of your sign-in; reload the page and try again",
    );
  }

  count(request: Request, caller: Caller, address?: string): void {
    const isKey = caller.kind === "key";
    const isPage =
      caller.kind === "signIn" || (!isKey && isOwnSite(request.headers.get("Sec-Fetch-Site")));
    const name = caller.keyId ?? neighbourhoodOf(address);
    (isPage ? this.#pages : this.#programs).take(name);
  }

  async signIn({ request, key, address }: SignInParams) {
    const { id, name, role } = await this.#findKey(key.trim(), address);
    const now = this.#clock.now();
    const { secret, hash } = newSecret();
    const expiresAt = now + this.#settings.signInMs;
    const before = readSignInCookie(request);
    await this.#access.addSignIn({ signIn: { hash, keyId: id, createdAt: now, expiresAt } });
    if (before !== undefined) await this.#access.removeSignIn(hashOf(before));
    await this.#access.removeOldSignIns({ expiredBefore: now });
    const csrfToken = csrfTokenOf(secret);
    return {
      caller: this.#remember({ kind: "signIn", name, role, keyId: id, csrfToken }, hash),
      cookie: writeSignInCookie(request, secret, this.#settings.signInMs),
    };
  }

  async signOut(request: Request): Promise<string> {
    const secret = readSignInCookie(request);
    if (secret !== undefined) await this.#access.removeSignIn(hashOf(secret));
    return endSignInCookie(request);
  }

  async isInForce(caller: Caller): Promise<boolean> {
    const hash = this.#hashes.get(caller);
    if (caller.kind === "key") return hash !== undefined && !!(await this.#access.findKey(hash));
    if (caller.kind === "signIn") return hash !== undefined && !!(await this.#findSignIn(hash));
    return caller.kind === "nobody" || !(await this.#anyKeys());
  }

  tellsRefusal(caller: Caller, address?: string): boolean {
    return this.#refusals.tryTake(caller.keyId ?? neighbourhoodOf(address));
  }

  keysChanged(): void {
    this.#keys = undefined;
  }

  async #byKey(secret: string, address: string | undefined): Promise<Caller> {
    const { id, name, role } = await this.#findKey(secret, address);
    return this.#remember({ kind: "key", name, role, keyId: id }, hashOf(secret));
  }

  async #findKey(secret: string, address: string | undefined): Promise<ApiKey> {
    const key = await this.#access.findKey(hashOf(secret));
    if (!key) throw this.#wrongKeys.refusalFor(neighbourhoodOf(address));
    this.#touches.touch(key);
    return key;
  }

  async #byCookie(secret: string): Promise<Caller | undefined> {
    const hash = hashOf(secret);
    const key = await this.#findSignIn(hash);
    if (!key) return undefined;
    this.#touches.touch(key);
    const { id, name, role } = key;
    const csrfToken = csrfTokenOf(secret);
    return this.#remember({ kind: "signIn", name, role, keyId: id, csrfToken }, hash);
  }

  async #findSignIn(hash: string): Promise<ApiKey | undefined> {
    const found = await this.#access.findSignIn(hash);
    return found && found.signIn.expiresAt > this.#clock.now() ? found.key : undefined;
  }

  #remember(caller: Caller, hash: string): Caller {
    this.#hashes.set(caller, hash);
    return caller;
  }

  async #anyKeys(): Promise<boolean> {
    const at = this.#clock.monotonic();
    if (this.#keys && at - this.#keys.at < keysKnownMs) return this.#keys.any;
    const any = await this.#access.hasKeys();
    this.#keys = { any, at };
    return any;
  }
}

/** That somebody forwards shows in one of these; what listens to loopback trusts nobody behind it. */
const forwardingHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

function checkIsLocal(request: Request, listensOn: string): void {
  if (!isLoopback(listensOn)) {
    throw new ClxError(
      "unauthorised",
      `no key is in force, and this server listens on ${listensOn}: make one with ` +
        '"clx keys create NAME --role admin"',
    );
  }
  if (!namesThisMachine(hostOf(request))) {
    throw new ClxError(
      "forbidden",
      "without a key in force this server answers to localhost alone; use http://localhost, or " +
        'make a key with "clx keys create NAME --role admin"',
    );
  }
  const proxy = forwardingHeaders.find((name) => request.headers.has(name));
  if (proxy === undefined) return;
  throw new ClxError(
    "forbidden",
    `the header ${proxy} says that this request was forwarded from elsewhere, and no key is in ` +
      'force: make one with "clx keys create NAME --role admin"',
  );
}
