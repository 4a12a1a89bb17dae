import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Provider, errors } from 'oidc-provider';
import { type DemoAccounts } from './accounts';
import { readFields } from './request-body';
import { expiredPage, signInPage } from './sign-in-page';

export interface SignIn {
  readonly provider: Provider;
  readonly accounts: DemoAccounts;
  /** Where the chain of redirects after the form may lead; Chrome checks `form-action` on redirects as well. */
  readonly redirectOrigins: readonly string[];
}

/** `GET /interaction/<uid>` shows the page, `POST` checks account and password. The interaction's cookie ties both to one browser. */
export async function answerSignIn(
  signIn: SignIn,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { provider, accounts } = signIn;
  try {
    const { uid } = await provider.interactionDetails(request, response);
    const show = (failed: boolean): void => {
      sendPage(
        response,
        failed ? 401 : 200,
        signInPage({ action: `/interaction/${uid}`, accounts, failed }),
        signIn.redirectOrigins,
      );
    };
    if (request.method !== 'POST') return show(false);
    const fields = await readFields(request);
    const account = accounts.check(fields?.['username'] ?? '', fields?.['password'] ?? '');
    if (account?.claims.kind !== 'staff') return show(true);
    await provider.interactionFinished(request, response, { login: { accountId: account.username } });
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    sendPage(response, 400, expiredPage(), []);
  }
}

function sendPage(
  response: ServerResponse,
  status: number,
  html: string,
  formTargets: readonly string[],
): void {
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `form-action 'self' ${formTargets.join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(html);
}
