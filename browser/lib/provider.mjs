// A sign-in provider for tests: oidc-provider on a loopback port, with the clients and the people that a test gives it. It knows nobody's
// password: whoever says who they are, is.
//
// `rotate` and `signOut` do what happens at a provider some day: keys change, and somebody is signed out there.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

import { Provider as Protocol } from "oidc-provider";

/** In seconds. */
const HOUR = 3_600;
/** What is asked of somebody who comes: `#` stands for the address of the form. */
const PAGE = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Sign in at the provider</title><main><h1>Sign in at the provider</h1>
<form method="post" action="#"><label>Who are you? <input name="who" value="@"></label>
<button name="answer" value="yes">Sign in here</button> <button name="answer" value="no">Not now</button></form></main></html>`;

export class Provider {
  /** Its address, as the house is to know it. */
  issuer;
  #clients;
  #people;
  #path;
  #inUserInfo;
  #keys = [];
  #protocol;
  #server;
  /** What was begun, and who is signed in: it outlives the keys. */
  #kept = new Map();
  /** Where somebody came in: their `sub`, the client, and the two ids of the session. */
  #signedIn = [];

  /**
   * `clients`: `{ id, secret, back, goodbye, backChannel }`; without a secret PKCE alone proves that it is them. `back` is where browsers come
   * back to (`sendsBack` where that is known later), `goodbye` where they go after signing out, and `backChannel` where logout tokens are posted to.
   *
   * `people`: claims by the name that somebody gives at the door: `{ ann: { sub: "1", email: "ann@example.org", email_verified: true } }`.
   * `oid`, `tid` and `groups` are claims like others.
   *
   * `path` stands behind the host in the issuer, like `/<directory>/v2.0`. With `inUserInfo`, e-mail and profile stand in the user info
   * alone, as OpenID Connect has it; otherwise they stand in the ID token too.
   */
  static async start({ clients, people, path = "", inUserInfo = false }) {
    const provider = new Provider();
    provider.#server = createServer((request, response) => provider.#answer(request, response));
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    provider.issuer = `http://127.0.0.1:${provider.#server.address().port}${path}`;
    [provider.#clients, provider.#people] = [clients, people];
    [provider.#path, provider.#inUserInfo] = [path, inUserInfo];
    provider.rotate();
    return provider;
  }

  /** Signs with a new key from now on. The last one stays published, unless it is withdrawn. */
  rotate({ withdraw = false } = {}) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
    this.#keys = withdraw ? [key] : [key, ...this.#keys.slice(0, 1)];
    this.#begin();
  }

  /** Where browsers of a client come back to from now on. */
  sendsBack(id, back) {
    this.#clients.find((client) => client.id === id).back = back;
    this.#begin();
  }

  /** Keys and clients are read once, when it is made. */
  #begin() {
    this.#protocol = quietly(() => new Protocol(this.issuer, this.#configuration()));
    this.#protocol.on("authorization.success", ({ oidc }) => this.#note(oidc));
  }

  /** Signs somebody out here, and posts that to all clients where they were signed in; answers with the statuses that those gave. */
  async signOut(sub) {
    const theirs = this.#signedIn.filter((one) => one.sub === sub);
    this.#signedIn = this.#signedIn.filter((one) => one.sub !== sub);
    const statuses = [];
    for (const { client, sid, session } of theirs) {
      await (await this.#protocol.Session.findByUid(session))?.destroy();
      const { backChannel } = this.#clients.find(({ id }) => id === client);
      if (!backChannel) continue;
      const known = await this.#protocol.Client.find(client);
      const posted = known.backchannelLogout(sub, sid);
      statuses.push(await posted.then(() => 200, (error) => error.response?.status ?? 0));
    }
    return statuses;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #configuration() {
    return {
      clients: this.#clients.map(registered),
      adapter: (kind) => keep(this.#kept, kind),
      jwks: { keys: this.#keys },
      cookies: { keys: ["a secret of tests"] },
      scopes: ["openid", "email", "profile"],
      claims: {
        openid: ["sub", "amr", "auth_time", "oid", "tid", "groups"],
        email: ["email", "email_verified"],
        profile: ["name", "given_name", "family_name"],
      },
      conformIdTokenClaims: this.#inUserInfo,
      ttl: { Interaction: HOUR, Session: HOUR, Grant: HOUR, AccessToken: HOUR, IdToken: HOUR },
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: { enabled: true },
      },
      interactions: { url: (_, { uid }) => `${this.#path}/interaction/${uid}` },
      findAccount: (_, sub) => this.#account(sub),
      loadExistingGrant: agreed,
      // Logout tokens go to this machine.
      fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    };
  }

  #account(sub) {
    const claims = Object.values(this.#people).find((one) => one.sub === sub);
    return claims && { accountId: sub, claims: () => claims };
  }

  #note(oidc) {
    const client = oidc.client.clientId;
    const { accountId: sub, uid: session } = oidc.session;
    const sid = oidc.session.sidFor(client);
    const isNoted = this.#signedIn.some((one) => one.session === session && one.client === client);
    if (!isNoted) this.#signedIn.push({ sub, client, session, sid });
  }

  async #answer(request, response) {
    const own = request.url.slice(this.#path.length);
    if (!request.url.startsWith(this.#path)) {
      response.writeHead(404).end();
    } else if (own.startsWith("/interaction/")) {
      const answered = request.method === "POST" ? this.#decide(request, response) : this.#ask(request, response);
      await answered.catch((error) => response.writeHead(400).end(error.message));
    } else {
      [request.originalUrl, request.url] = [request.url, own];
      this.#protocol.callback()(request, response);
    }
  }

  async #ask(request, response) {
    const { params } = await this.#protocol.interactionDetails(request, response);
    const hint = (params.login_hint ?? "").replaceAll(/[&<>"]/g, "");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(PAGE.replace("#", request.url).replace("@", hint));
  }

  async #decide(request, response) {
    const said = new URLSearchParams(await new Response(request).text());
    const who = said.get("who").trim();
    const person = this.#people[who] ?? Object.values(this.#people).find(({ email }) => email === who);
    const isThem = said.get("answer") === "yes" && person;
    const result = isThem ? { login: { accountId: person.sub, amr: ["pwd"] } } : { error: "access_denied" };
    await this.#protocol.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
}

function registered({ id, secret, back, goodbye, backChannel }) {
  return {
    client_id: id,
    ...(secret ? { client_secret: secret } : { token_endpoint_auth_method: "none" }),
    redirect_uris: [back ?? []].flat(),
    post_logout_redirect_uris: [goodbye ?? []].flat(),
    response_types: ["code"],
    grant_types: ["authorization_code"],
    ...(backChannel && { backchannel_logout_uri: backChannel, backchannel_logout_session_required: true }),
  };
}

/** One kind of what the protocol keeps, by its id. A test ends before anything does. */
function keep(kept, kind) {
  const key = (id) => `${kind} ${id}`;
  const all = () => [...kept].filter(([name]) => name.startsWith(key("")));
  return {
    async upsert(id, payload) {
      kept.set(key(id), payload);
    },
    async find(id) {
      return kept.get(key(id));
    },
    async findByUid(uid) {
      return all().find(([, payload]) => payload.uid === uid)?.[1];
    },
    async consume(id) {
      kept.get(key(id)).consumed = true;
    },
    async destroy(id) {
      kept.delete(key(id));
    },
    async revokeByGrantId(grant) {
      for (const [name, payload] of all()) if (payload.grantId === grant) kept.delete(name);
    },
  };
}

/** Nobody is asked whether they agree. */
async function agreed({ oidc }) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope("openid email profile");
  await grant.save();
  return grant;
}

/** Without what it says to whoever would run it in earnest. */
function quietly(make) {
  const { info, warn } = console;
  Object.assign(console, { info() {}, warn() {} });
  try {
    return make();
  } finally {
    Object.assign(console, { info, warn });
  }
}
