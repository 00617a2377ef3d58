// The provider that the tests of signing in stand on, by itself: it keeps to the protocol, and does on demand what providers do some day.
import assert from "node:assert/strict";
import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";

import { Provider } from "../lib/provider.mjs";

const DIRECTORY = "0f0d1c9e-6a1f-4a0b-9a7c-1d2e3f405162";
const BACK = "https://desk.example.org/back";
const PEOPLE = {
  ann: { sub: "1", email: "ann@example.org", email_verified: true, name: "Ann Example", oid: "o-1", tid: DIRECTORY, groups: ["Desk"] },
  eve: { sub: "2", email: "ann@example.net", email_verified: false, name: "Eve Example" },
};

/** Takes logout tokens. */
const came = [];
const listener = createServer(async (request, response) => {
  came.push(new URLSearchParams(await new Response(request).text()).get("logout_token"));
  response.writeHead(came.length > 2 ? 400 : 200).end();
});
listener.listen(0, "127.0.0.1");
await once(listener, "listening");

const provider = await Provider.start({
  path: `/${DIRECTORY}/v2.0`,
  people: PEOPLE,
  clients: [
    { id: "desk", secret: "a secret", back: BACK, backChannel: `http://127.0.0.1:${listener.address().port}/out` },
    { id: "open", back: BACK },
  ],
});
const plain = await Provider.start({ people: PEOPLE, clients: [{ id: "desk", secret: "a secret", back: BACK }], inUserInfo: true });
after(async () => {
  listener.close();
  await Promise.all([provider.stop(), plain.stop()]);
});

const json = async (url, options) => (await fetch(url, options)).json();
const metadata = (at) => json(`${at.issuer}/.well-known/openid-configuration`);
const read = (part) => JSON.parse(Buffer.from(part, "base64url"));

/** What a token says, if a key that the provider publishes signed it. */
async function verified(at, token) {
  const [header, claims, signature] = token.split(".");
  const { keys } = await json((await metadata(at)).jwks_uri);
  const key = keys.find(({ kid }) => kid === read(header).kid);
  assert.ok(key, "a key that is published");
  const signed = verify("sha256", `${header}.${claims}`, createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64url"));
  assert.ok(signed, "a signature of that key");
  return { header: read(header), claims: read(claims) };
}

/** A browser of one person. */
class Browser {
  #cookies = new Map();

  async #ask(url, options = {}) {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(url, { ...options, redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split("=");
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
    return answer;
  }

  /** Where they end up: back at the client, as whoever they say they are. `asked` tells whether they had to say it. */
  async signIn(at, client, who, { answer = "yes", verifier } = {}) {
    const address = new URL((await metadata(at)).authorization_endpoint);
    address.search = new URLSearchParams({
      client_id: client, response_type: "code", scope: "openid email profile", redirect_uri: BACK, state: "s", nonce: "n",
      ...(verifier && { code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256" }),
    });
    let [url, options, asked] = [address.href, {}, false];
    for (let times = 0; times < 10 && !url.startsWith(BACK); times++) {
      const said = await this.#ask(url, options);
      if (said.status === 200) {
        const action = /action="([^"]+)"/.exec(await said.text())[1];
        [url, options, asked] = [new URL(action, url).href, { method: "POST", body: new URLSearchParams({ who, answer }) }, true];
      } else {
        assert.match(String(said.status), /^30[23]$/, await said.text());
        [url, options] = [new URL(said.headers.get("location"), url).href, {}];
      }
    }
    return { back: new URL(url).searchParams, asked };
  }

  async tokens(at, client, secret, who) {
    const verifier = randomBytes(32).toString("base64url");
    const { back, asked } = await this.signIn(at, client, who, { verifier });
    assert.equal(back.get("iss"), at.issuer);
    const headers = secret ? { authorization: `Basic ${Buffer.from(`${client}:${encodeURIComponent(secret)}`).toString("base64")}` } : {};
    const body = new URLSearchParams({
      grant_type: "authorization_code", code: back.get("code"), redirect_uri: BACK, code_verifier: verifier,
      ...(!secret && { client_id: client }),
    });
    const tokens = await json((await metadata(at)).token_endpoint, { method: "POST", body, headers });
    return { ...tokens, asked };
  }
}

test("it announces what the tests need", async () => {
  const announced = await metadata(provider);
  assert.equal(announced.issuer, provider.issuer);
  assert.match(provider.issuer, new RegExp(`/${DIRECTORY}/v2\\.0$`));
  assert.equal(announced.backchannel_logout_supported, true);
  assert.equal(announced.authorization_response_iss_parameter_supported, true);
  assert.deepEqual(announced.code_challenge_methods_supported, ["S256"]);
  for (const name of ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"]) {
    assert.ok(announced[name].startsWith(`${provider.issuer}/`), name);
  }
});

test("whoever says who they are comes back with what a test gave them", async () => {
  for (const [client, secret] of [["desk", "a secret"], ["open", undefined]]) {
    const { id_token } = await new Browser().tokens(provider, client, secret, "ann");
    const { claims } = await verified(provider, id_token);
    for (const [name, value] of Object.entries(PEOPLE.ann)) assert.deepEqual(claims[name], value, name);
    assert.deepEqual([claims.iss, claims.aud, claims.nonce, claims.amr], [provider.issuer, client, "n", ["pwd"]]);
  }
  const { id_token } = await new Browser().tokens(provider, "desk", "a secret", "ann@example.net");
  const { claims } = await verified(provider, id_token);
  assert.deepEqual([claims.sub, claims.email_verified], ["2", false]);
});

test("where the token does not say it, the user info does", async () => {
  const { id_token, access_token } = await new Browser().tokens(plain, "desk", "a secret", "ann");
  const { claims } = await verified(plain, id_token);
  assert.deepEqual([claims.sub, claims.email, claims.name], ["1", undefined, undefined]);
  const info = await json((await metadata(plain)).userinfo_endpoint, { headers: { authorization: `Bearer ${access_token}` } });
  assert.deepEqual([info.sub, info.email, info.email_verified], ["1", "ann@example.org", true]);
});

test("it refuses who does not want to, who is nobody, and who brings no challenge", async () => {
  const verifier = randomBytes(32).toString("base64url");
  for (const [who, answer] of [["ann", "no"], ["nobody", "yes"]]) {
    const { back } = await new Browser().signIn(provider, "desk", who, { answer, verifier });
    assert.equal(back.get("error"), "access_denied");
  }
  const { back } = await new Browser().signIn(provider, "desk", "ann");
  assert.equal(back.get("error"), "invalid_request");
});

test("its keys change, and the old one stays or goes", async () => {
  const keys = async () => (await json((await metadata(provider)).jwks_uri)).keys.map(({ kid }) => kid);
  const [first] = await keys();
  const browser = new Browser();
  const before = await browser.tokens(provider, "desk", "a secret", "ann");
  provider.rotate();
  const [second, kept] = await keys();
  assert.ok(second !== first && kept === first);
  // Whoever is signed in stays so.
  const now = await browser.tokens(provider, "desk", "a secret", "ann");
  assert.deepEqual([before.asked, now.asked], [true, false]);
  assert.equal((await verified(provider, now.id_token)).header.kid, second);
  await verified(provider, before.id_token);
  provider.rotate({ withdraw: true });
  assert.equal((await keys()).length, 1);
  await assert.rejects(verified(provider, now.id_token), /a key that is published/);
});

test("somebody is signed out there, and the client hears it", async () => {
  for (const sub of ["1", "2"]) await provider.signOut(sub);
  came.length = 0;
  const browser = new Browser();
  const { claims } = await verified(provider, (await browser.tokens(provider, "desk", "a secret", "ann")).id_token);
  assert.deepEqual(await provider.signOut("1"), [200]);
  const out = await verified(provider, came[0]);
  assert.deepEqual([out.claims.iss, out.claims.aud, out.claims.sub, out.claims.sid], [provider.issuer, "desk", "1", claims.sid]);
  assert.deepEqual(out.claims.events, { "http://schemas.openid.net/event/backchannel-logout": {} });
  assert.ok(out.claims.jti && out.claims.iat && !("nonce" in out.claims) && claims.sid);
  // They are asked who they are again; nobody is signed out twice.
  assert.equal((await browser.tokens(provider, "desk", "a secret", "ann")).asked, true);
  assert.deepEqual(await provider.signOut("2"), []);
  assert.deepEqual(await provider.signOut("1"), [200]);
  // A client that takes nothing says so.
  await browser.tokens(provider, "desk", "a secret", "ann");
  assert.deepEqual(await provider.signOut("1"), [400]);
});
