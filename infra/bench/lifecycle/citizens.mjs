import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

const answerWithinMs = 60_000;
const boundary = 'balagh-bench-boundary';
/** Less than intake takes of one address at once before it asks to come again (`upload-slots.ts`): the others wait here instead. */
const uploadsAtOnce = 6;
const againAfterMs = 50;

/** The citizens' HTTP entrance over kept connections. Not `fetch`: building a form there costs the driver more than the rest of a case. */
export function openCitizens(baseUrl) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const base = new URL(baseUrl);
  const slots = new Slots(uploadsAtOnce);
  return {
    /** A report that is asked to come again does. @throws when the answer is not 201 */
    async post(path, report, photos) {
      const isForm = photos.length > 0;
      const body = isForm ? multipart(report, photos) : Buffer.from(JSON.stringify(report));
      const key = randomUUID();
      if (isForm) await slots.take();
      try {
        for (;;) {
          const { status, text } = await send({ base, agent, path, body, key, isForm });
          if (status === 201) return JSON.parse(text);
          if (status !== 429) throw new Error(`POST ${path} was answered ${status}: ${text.slice(0, 300)}`);
          await new Promise((resolve) => setTimeout(resolve, againAfterMs));
        }
      } finally {
        if (isForm) slots.give();
      }
    },
    close: () => agent.destroy(),
  };
}

function send({ base, agent, path, body, key, isForm }) {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: base.hostname,
        port: base.port,
        path,
        method: 'POST',
        agent,
        timeout: answerWithinMs,
        headers: {
          'content-type': isForm ? `multipart/form-data; boundary=${boundary}` : 'application/json',
          'content-length': body.length,
          'idempotency-key': key,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode, text }));
        answer.on('error', reject);
      },
    );
    call.on('timeout', () => call.destroy(new Error(`no answer to POST ${path}`)));
    call.on('error', reject);
    call.end(body);
  });
}

function multipart(report, photos) {
  const part = (headers, content) => [
    Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`),
    content,
    Buffer.from('\r\n'),
  ];
  return Buffer.concat([
    ...part('content-disposition: form-data; name="report"', Buffer.from(JSON.stringify(report))),
    ...photos.flatMap((photo, at) =>
      part(
        `content-disposition: form-data; name="photos"; filename="leak-${at + 1}.jpg"\r\ncontent-type: image/jpeg`,
        photo,
      ),
    ),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

class Slots {
  #free;
  #waiting = [];

  constructor(count) {
    this.#free = count;
  }

  async take() {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((resolve) => this.#waiting.push(resolve));
  }

  give() {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
