import { type Channel } from '../src/application/channel.port';

/** One channel and what a specification can do to the other side of it. */
export interface ChannelUnderTest {
  readonly channel: Channel;
  /** An address that the channel takes. */
  readonly to: string;
  /** The next submission meets this. */
  fault(kind: 'lost' | 'unheard' | 'down' | 'refuse'): Promise<void>;
  /** Texts that reached the other side, with this reference. */
  received(reference: string): Promise<readonly string[]>;
}

/** What every channel promises, fake or real. */
export function channelContract(name: string, open: () => Promise<ChannelUnderTest>): void {
  describe(`the channel contract: ${name}`, () => {
    let under: ChannelUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    const send = (reference: string) =>
      under.channel.send({ reference, to: under.to, subject: 'بلاغكم', text: 'تم تسجيل بلاغكم' });
    const R = '6f2c1d1e-0000-4000-8000-000000000001';

    it('says accepted when the other side has the message', async () => {
      expect((await send(R)).kind).toBe('accepted');
      expect(await under.received(R)).toEqual(['تم تسجيل بلاغكم']);
    });

    it('says rejected, and for good, when the other side refuses', async () => {
      await under.fault('refuse');
      expect(await send(R)).toMatchObject({ kind: 'rejected', retriable: false });
      expect(await under.received(R)).toEqual([]);
    });

    it('says rejected for now when the other side cannot take it', async () => {
      await under.fault('down');
      expect(await send(R)).toMatchObject({ kind: 'rejected', retriable: true });
      expect(await under.received(R)).toEqual([]);
    });

    it('says unknown when there is no answer, taken or not', async () => {
      await under.fault('lost');
      expect((await send(R)).kind).toBe('unknown');
      expect(await under.received(R)).toEqual([]);
      await under.fault('unheard');
      expect((await send(R)).kind).toBe('unknown');
      expect(await under.received(R)).toHaveLength(1);
    });

    it('if it can be asked, knows what it took, takes a reference once and says nothing of others', async () => {
      const { channel } = under;
      if (!channel.canBeAsked) return expect(channel).not.toHaveProperty('ask');
      await under.fault('unheard');
      await send(R);
      expect([...(await channel.ask([R, '6f2c1d1e-0000-4000-8000-000000000002'])).keys()]).toEqual([R]);
      expect((await send(R)).kind).toBe('accepted');
      return expect(await under.received(R)).toHaveLength(1);
    });
  });
}
