import { SignJWT, importJWK } from 'jose';
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type DemoAccounts } from './accounts';
import { accessTokenSeconds, audience } from './provider-configuration';
import { readFields } from './request-body';
import { type IssuerKeys } from './signing-keys';

export interface DemoTokens {
  readonly accounts: DemoAccounts;
  readonly keys: IssuerKeys;
  readonly issuerUrl: string;
}

/**
 * `POST /demo/token {username, password}` → `{access_token, token_type, expires_in}`: an access token like those of the
 * proper flows, for command lines, tests and stories. Staff and partners alike. Exists in demo mode only.
 */
export async function answerDemoToken(
  tokens: DemoTokens,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') return sendJson(response, 405, { error: 'method_not_allowed' });
  const fields = await readFields(request);
  if (fields === undefined) return sendJson(response, 400, { error: 'invalid_request' });
  const account = tokens.accounts.check(fields['username'] ?? '', fields['password'] ?? '');
  if (account === undefined) return sendJson(response, 401, { error: 'invalid_grant' });
  const token = await new SignJWT({ ...account.claims })
    .setProtectedHeader({ alg: 'ES256', kid: tokens.keys.signing.kid, typ: 'at+jwt' })
    .setIssuer(tokens.issuerUrl)
    .setAudience(audience)
    .setSubject(account.username)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${accessTokenSeconds}s`)
    .sign(await importJWK(tokens.keys.signing, 'ES256'));
  sendJson(response, 200, { access_token: token, token_type: 'Bearer', expires_in: accessTokenSeconds });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
