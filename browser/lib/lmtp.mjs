// A mail server, as the house knows it: hands over one mail to one address (LMTP, RFC 2033).
import { connect } from "node:net";
import { createInterface } from "node:readline";

/** What is answered to the mail, or to what it comes to before: a line like `250 2.0.0 Stored`. */
export async function hand(socket, from, to, mail) {
  const connection = connect(socket);
  const lines = createInterface({ input: connection })[Symbol.asyncIterator]();
  const answer = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error("the listener for mails hung up");
      if (value[3] !== "-") return value;
    }
  };
  const body = mail.replaceAll(/\r?\n/g, "\r\n").replaceAll(/^\./gm, "..");
  try {
    let said = await answer();
    for (const line of ["LHLO relay.example", `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA", `${body}\r\n.`]) {
      if (!/^[23]/.test(said)) break;
      connection.write(`${line}\r\n`);
      said = await answer();
    }
    return said;
  } finally {
    connection.end("QUIT\r\n");
  }
}
