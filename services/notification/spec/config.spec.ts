import { ConfigInvalid, readConfig } from '@balagh/runtime';
import { consistentNotificationConfigSchema } from '../src/application/config.schema';

const read = (env: Record<string, string>) => () => readConfig(consistentNotificationConfigSchema, env);

describe('the settings of notification', () => {
  const open = { SMS_GATEWAY_URL: 'http://gateway.example/sms', SMS_GATEWAY_TOKEN: 'secret' };

  it('let no token travel in the open in production, unless they say so', () => {
    const production = { ...open, BALAGH_MODE: 'production' };
    expect(read(production)).toThrow(ConfigInvalid);
    expect(read(production)).toThrow('SMS_GATEWAY_URL');
    expect(read({ ...production, GATEWAYS_WITHOUT_TLS: 'true' })).not.toThrow();
    expect(read({ ...production, SMS_GATEWAY_URL: 'https://gateway.example/sms' })).not.toThrow();
    expect(read(open)).not.toThrow();
  });

  it('allow http for a gateway without a token', () => {
    const { SMS_GATEWAY_URL } = open;
    expect(read({ SMS_GATEWAY_URL, BALAGH_MODE: 'production' })).not.toThrow();
  });
});
