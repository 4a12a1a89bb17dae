import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  createServer,
} from 'node:http';
import { type AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { loadAccounts } from './accounts';
import { answerDemoToken } from './demo-token';
import { providerConfiguration } from './provider-configuration';
import { answerSignIn } from './sign-in';
import { issuerKeys } from './signing-keys';

export interface IdentityOptions {
  /** 0 takes a free one; note that the issuer's name changes with the port. */
  readonly port: number;
  readonly host: string;
  /** Its name in tokens, where browsers and services reach it; absent: `http://<host>:<port>`. */
  readonly issuerUrl?: string | undefined;
  /** Where the keys are kept. */
  readonly dataDir: string;
  readonly mode: 'demo' | 'production';
  /** Of the back office; their origins may also be returned to after signing out. */
  readonly redirectUris: readonly string[];
}

export interface RunningIdentity {
  readonly issuerUrl: string;
  stop(): Promise<void>;
}

/** This issuer knows invented people and shows their password: it is no issuer for production. */
export class IdentityDemoOnly extends Error {
  readonly code = 'IDENTITY_DEMO_ONLY';
  readonly retriable = false;
}

/**
 * Starts the development issuer (OpenID Connect). In production any other issuer takes its place by ISSUER_URL.
 * @throws IdentityDemoOnly in production mode
 */
export async function startIdentity(options: IdentityOptions): Promise<RunningIdentity> {
  if (options.mode !== 'demo') throw new IdentityDemoOnly('IDENTITY_DEMO_ONLY');
  const accounts = loadAccounts();
  const keys = await issuerKeys(options.dataDir);
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) =>
    answer(request, response),
  );
  const port = await listen(server, options);
  const issuerUrl = options.issuerUrl ?? `http://${options.host}:${port}`;
  const provider = new Provider(
    issuerUrl,
    providerConfiguration({ accounts, keys, redirectUris: options.redirectUris }),
  );
  const signIn = {
    provider,
    accounts,
    redirectOrigins: options.redirectUris.map((uri) => new URL(uri).origin),
  };
  const standard = provider.callback();
  answer = (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/demo/token')
      guarded(answerDemoToken({ accounts, keys, issuerUrl }, request, response), response);
    else if (/^\/interaction\/[\w-]+$/.test(path)) guarded(answerSignIn(signIn, request, response), response);
    else void standard(request, response);
  };
  return { issuerUrl, stop: () => close(server) };
}

function guarded(work: Promise<void>, response: ServerResponse<IncomingMessage>): void {
  work.catch(() => {
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
}

async function listen(server: Server, { port, host }: IdentityOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
