import { type Configuration, type ResourceServer } from 'oidc-provider';
import { type DemoAccounts } from './accounts';
import { memoryAdapter } from './memory.adapter';
import { errorPage, signOutPage, signedOutPage } from './sign-in-page';
import { type IssuerKeys } from './signing-keys';

/** Client of the back office: a browser sign-in, proved by PKCE alone. */
export const consoleClientId = 'balagh-console';
export const audience = 'balagh';
/** RFC 8707 resource; also the default when a client names none. */
export const apiResource = 'urn:balagh:api';
/** Seconds. A demonstration is given in one sitting. */
export const accessTokenSeconds = 3_600;
const sittingSeconds = 8 * 3_600;

export interface ConfigurationInput {
  readonly accounts: DemoAccounts;
  readonly keys: IssuerKeys;
  readonly redirectUris: readonly string[];
}

/** Authorization code with PKCE for staff, client credentials for partners; access tokens are ES256 JWTs. */
export function providerConfiguration({ accounts, keys, redirectUris }: ConfigurationInput): Configuration {
  const resourceServer: ResourceServer = {
    audience,
    scope: '',
    accessTokenFormat: 'jwt',
    accessTokenTTL: accessTokenSeconds,
    jwt: { sign: { alg: 'ES256' } },
  };
  return {
    adapter: memoryAdapter(),
    jwks: { keys: [keys.signing] },
    cookies: { keys: [keys.cookie] },
    clients: [
      consoleClient(redirectUris),
      ...accounts.partners.map(({ username }) => partnerClient(username, accounts.password)),
    ],
    // In production the services refuse an issuer that says this of itself.
    discovery: { balagh_demonstration: true },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'organisation', 'tenants', 'roles', 'party', 'section'] },
    findAccount: (_ctx, id) => {
      const account = accounts.find(id);
      if (account?.claims.kind !== 'staff') return undefined;
      return { accountId: id, claims: () => ({ sub: id, ...account.claims }) };
    },
    extraTokenClaims: (_ctx, token) => {
      const holder = 'accountId' in token && token.accountId !== undefined ? token.accountId : token.clientId;
      return { ...accounts.find(holder ?? '')?.claims };
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => void (ctx.body = signOutPage(form)),
        postLogoutSuccessSource: (ctx) => void (ctx.body = signedOutPage()),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiResource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => resourceServer,
      },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = errorPage(out.error);
    },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    loadExistingGrant: async (ctx) => {
      const { provider, client, session } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      // Our own console asks nobody for consent: signing in is the consent.
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid offline_access');
      grant.addResourceScope(apiResource, '');
      await grant.save();
      return grant;
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: 3_600,
      Interaction: 600,
      RefreshToken: sittingSeconds,
      Session: sittingSeconds,
      Grant: sittingSeconds,
    },
  };
}

type Client = NonNullable<Configuration['clients']>[number];

function consoleClient(redirectUris: readonly string[]): Client {
  return {
    client_id: consoleClientId,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...new Set(redirectUris.map((uri) => `${new URL(uri).origin}/`))],
  };
}

function partnerClient(clientId: string, secret: string): Client {
  return {
    client_id: clientId,
    client_secret: secret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  };
}
