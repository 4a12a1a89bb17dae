import { type CaseEvent, type IntakeForm } from '@balagh/case-events';
import { FakeGateway, FakeMail } from './fake-channel';
import { World, type WorldOptions, filled } from './world';

export const PHONE = '+96890000001';

export interface Fakes {
  readonly sms: FakeGateway;
  readonly whatsapp: FakeGateway;
  readonly fax: FakeGateway;
  readonly mail: FakeMail;
}

export function worldOf(tenant: string, more: Partial<WorldOptions> = {}): Fakes & { readonly world: World } {
  const [sms, whatsapp, fax] = [new FakeGateway('SMS'), new FakeGateway('WHATSAPP'), new FakeGateway('FAX')];
  const mail = new FakeMail();
  return {
    sms,
    whatsapp,
    fax,
    mail,
    world: new World({ tenant, channels: [sms, whatsapp, fax, mail], ...more }),
  };
}

/** Lets everything that follows from the events happen. */
export async function after(world: World, ...events: CaseEvent[]): Promise<void> {
  await world.happened(...events);
  await world.redelivered();
  await world.work();
}

export async function form(
  world: World,
  plain: Record<string, string>,
  open: Partial<IntakeForm> = {},
): Promise<CaseEvent> {
  const sealed = Object.entries(plain).map(
    async ([field, value]) => [field, await world.seal(value)] as const,
  );
  return filled({ ...Object.fromEntries(await Promise.all(sealed)), ...open });
}

export const texts = (channel: FakeGateway | FakeMail): readonly string[] =>
  channel.delivered.map(({ text }) => text);
