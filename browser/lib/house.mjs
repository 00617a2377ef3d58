// A server of this build for one file of tests, with the demonstration's organisation in it or with nobody.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Client } from "./client.mjs";
import { hand } from "./lmtp.mjs";

/** The program that is tested; `cargo xtask browser` builds it and says where it is. */
const PROGRAM = process.env.ROLECALL ?? fileURLToPath(new URL("../../target/debug/rolecall", import.meta.url));
/** A PostgreSQL server, as the tests in Rust know it: each house has a database of its own there. Without one it has a SQLite file. */
const POSTGRES = process.env.ROLECALL_TEST_POSTGRES;
/** Makes such a database, and drops it. */
const DATABASE = join(dirname(PROGRAM), "examples/database");
const START_MS = 30_000;
/** A large organisation is made first, while a busy machine does something else, too. */
const LARGE_START_MS = 180_000;
/** Runs the server until the standard input ends, and removes its folder: whatever becomes of a test, no server is left behind. */
const GUARD = 'trap : INT; "$@" </dev/null & exec >/dev/null; cat; kill -TERM $!; wait $!; rm -r "$0"';

/** The demonstration: about a thousand people, made anew. */
export const demo = () => House.open(["demo", "--port", "0"], /^Mails are shown at/m);

/** The same with a hundred thousand people. */
export const large = () => House.open(["demo", "--size", "large", "--port", "0"], /^Mails are shown at/m, LARGE_START_MS);

/** The demonstration, where it may ask sign-in providers of this machine: browsers reach it under a name, which keys of theirs are bound to. */
export async function reached() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  const options = ["--port", String(port), "--external-url", `http://localhost:${port}`, "--outgoing-network", "127.0.0.0/8"];
  const house = await House.open(["demo", ...options], /^Mails are shown at/m);
  house.named = `http://localhost:${port}`;
  return house;
}

/** A server that nobody has set up. */
export const empty = () => House.open(["serve", "--listen", "127.0.0.1:0", "--log", "warn"], /\/set-up#\S+\n/);

class House {
  /** Where it answers, without a slash at the end. */
  url;
  /** The same by the name under which browsers reach it, if it has one. */
  named;
  /** What it printed before it answered. */
  printed = "";
  #guard;
  #database;
  #mails;
  #signedIn = new Map();

  static async open(options, ready, start = START_MS) {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: cargo xtask browser builds it`);
    const house = new House();
    const folder = await mkdtemp(join(tmpdir(), "rolecall-browser-"));
    house.#mails = join(folder, "mails");
    const database = POSTGRES ? await house.#inPostgres() : join(folder, "rolecall.db");
    const command = [PROGRAM, ...options, "--database", database, "--lmtp", `unix:${house.#mails}`];
    house.#guard = spawn("sh", ["-c", GUARD, folder, ...command], { stdio: ["pipe", "pipe", "inherit"] });
    await house.#answers(ready, start);
    house.url = /answers at (\S+)/.exec(house.printed)[1];
    return house;
  }

  /** The address of an empty database, which goes with this program. */
  async #inPostgres() {
    this.#database = spawn(DATABASE, { stdio: ["pipe", "pipe", "inherit"] });
    for await (const line of createInterface({ input: this.#database.stdout })) return line;
    throw new Error(`${DATABASE} made no database`);
  }

  #answers(ready, start) {
    return new Promise((resolve, reject) => {
      const failed = (how) => {
        clearTimeout(wait);
        this.#database?.stdin.end();
        reject(new Error(`the server ${how}:\n${this.printed}`));
      };
      const wait = setTimeout(failed, start, "did not start in time");
      const { stdout } = this.#guard;
      stdout.once("end", () => failed("ended"));
      stdout.setEncoding("utf8").on("data", (text) => {
        this.printed += text;
        if (!ready.test(this.printed)) return;
        clearTimeout(wait);
        resolve();
      });
    });
  }

  /** Ends it in an orderly way. */
  async stop() {
    for (const program of [this.#guard, this.#database]) {
      if (!program) continue;
      const ended = once(program, "exit");
      program.stdin.end();
      await ended;
    }
  }

  /** Hands a mail over as a mail server does, and tells what the house answers to it. */
  mail(from, to, mail) {
    return hand(this.#mails, from, to, mail);
  }

  /** The password of everybody in the demonstration. */
  get password() {
    return /with the password "([^"]+)"/.exec(this.printed)[1];
  }

  /** The address of somebody of the demonstration: "Super admin", "Admin", "Member", "Company Admin" and "Customer" are those whom it names. */
  address(who) {
    if (who.includes("@")) return who;
    const line = this.printed.split("\n").find((line) => line.trimEnd().endsWith(` ${who}`));
    if (!line) throw new Error(`the demonstration names no ${who}`);
    return line.trim().split(" ")[0];
  }

  /** The key that stands in the set-up link. */
  get setUpLink() {
    return /\/set-up#\S+$/m.exec(this.printed)[0];
  }

  /** Asks the API as the owner. */
  async api(method, path, body) {
    const token = /export TOKEN=(\S+)/.exec(this.printed)[1];
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(this.url + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  /**
   * A client without scripts in which this person is signed in, by the form and the password; nobody without one. A person signs in
   * once for all who only look, because tries are counted.
   */
  async client(who) {
    if (!who) return new Client(this.url);
    if (!this.#signedIn.has(who)) this.#signedIn.set(who, this.#signIn(who));
    return this.#signedIn.get(who);
  }

  async #signIn(who) {
    const client = new Client(this.url);
    const door = await client.get("/sign-in");
    const home = await client.send(door, "form[action='/sign-in']", { email: this.address(who), password: this.password });
    if (home.status !== 200) throw new Error(`${who} could not sign in: ${home.status}`);
    return client;
  }
}
