import { createServer, type Socket } from "node:net";

/** A mail as the server took it. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header and body as they came, with dots unstuffed. */
  readonly content: string;
}

/** A mail server that keeps what it is given (RFC 5321, as far as clients need it). */
export interface TestSmtpServer {
  readonly url: string;
  readonly mails: readonly TakenMail[];
  /** Answers the next RCPT with this instead, for example `550 5.1.1 no such user`. */
  refuseNext(answer: string): void;
  close(): Promise<void>;
}

/** Starts one on a free port of this machine. */
export async function startSmtpServer(): Promise<TestSmtpServer> {
  const mails: TakenMail[] = [];
  const sockets = new Set<Socket>();
  const refusals: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket, { mails, refusals });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuseNext: (answer) => void refusals.push(answer),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(socket: Socket, { mails, refusals }: { mails: TakenMail[]; refusals: string[] }): void {
  let from = "";
  let to: string[] = [];
  let data: string[] | undefined;
  let rest = "";
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const take = (line: string): void => {
    if (data !== undefined) {
      if (line !== ".") return void data.push(line.startsWith("..") ? line.slice(1) : line);
      mails.push({ from, to, content: data.join("\n") });
      data = undefined;
      return say("250 taken");
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "EHLO" || verb === "HELO") return say("250 mail.test");
    if (verb === "QUIT") return void socket.end("221 bye\r\n");
    if (verb === "DATA") {
      data = [];
      return say("354 go on");
    }
    if (verb === "MAIL") {
      from = /<([^>]*)>/.exec(line)?.[1] ?? "";
      to = [];
    }
    if (verb === "RCPT") {
      const refusal = refusals.shift();
      if (refusal !== undefined) return say(refusal);
      to.push(/<([^>]*)>/.exec(line)?.[1] ?? "");
    }
    return say("250 ok");
  };
  say("220 mail.test");
  socket.setEncoding("utf8").on("data", (piece: string) => {
    const lines = (rest + piece).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}
