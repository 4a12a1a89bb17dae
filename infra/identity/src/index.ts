export {
  type IdentityOptions,
  type RunningIdentity,
  IdentityDemoOnly,
  startIdentity,
} from './start-identity';
export { type DemoAccount, type DemoAccounts, loadAccounts } from './accounts';
export { apiResource, audience, consoleClientId } from './provider-configuration';
