import 'reflect-metadata';
import { status } from '@grpc/grpc-js';
import { Controller, Get, Module } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { eventually } from '@balagh/testing';
import {
  type GrpcClient,
  Public,
  type RunningService,
  createGrpcClient,
  grpcError,
  serviceConfig,
  startService,
} from '../src';
import { tinyPlatform } from './fixtures/tiny-platform';
import { type Command, type TinyIntake } from './fixtures/tiny-service';

const header = { commandId: '9a2f8f0e-2222-4222-8222-222222222222', tenant: 'MUS' };
const reply = { caseId: 'x', revision: '0', decisionVersion: 1, caseNumber: '', events: [] };
const away = () => Object.assign(new Error('away'), { retriable: true, code: 'STORE_UNAVAILABLE' });

/** Calls wait here until the specification lets them go. */
class Gate {
  waiting = 0;
  private open: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
  async pass(): Promise<void> {
    this.waiting += 1;
    await this.opened;
  }
  release(): void {
    this.open();
  }
}

let gate = new Gate();
let attempts = 0;

@Public()
@Controller()
class SlowController {
  @GrpcMethod('Intake', 'OpenCase')
  async openCase(): Promise<unknown> {
    await gate.pass();
    return reply;
  }

  @GrpcMethod('Intake', 'RegisterCase')
  registerCase({ caseId }: Command): unknown {
    attempts += 1;
    if (attempts <= Number(caseId)) throw away();
    return reply;
  }

  @Get('slow')
  async slow(): Promise<string> {
    await gate.pass();
    return 'done';
  }
}

@Module({ controllers: [SlowController] })
class SlowModule {}

describe('calls in flight', () => {
  let service: RunningService;
  let intake: GrpcClient<TinyIntake>;
  let http: string;

  beforeEach(async () => {
    gate = new Gate();
    attempts = 0;
    const config = serviceConfig({
      DATABASE_URL: 'postgres://tiny@127.0.0.1:1/balagh',
      ISSUER_URL: 'http://127.0.0.1:9',
    });
    const grpc = { package: ['balagh.intake.v1'], protoPath: ['balagh/intake/v1/intake.proto'] };
    service = await startService(
      { name: 'tiny', module: SlowModule, grpc },
      { config, platform: tinyPlatform(config) },
    );
    intake = createGrpcClient<TinyIntake>('balagh.intake.v1', 'Intake', `127.0.0.1:${service.grpcPort}`);
    http = `http://127.0.0.1:${service.httpPort}`;
  });

  afterEach(async () => {
    gate.release();
    intake.close();
    await service.stop();
  });

  const both = () => eventually(() => gate.waiting === 2, { what: 'both calls in flight' });

  it('are answered when the service stops, and new ones are refused', async () => {
    const [slow, opened] = [fetch(`${http}/slow`), intake.openCase({ header, caseId: '' })];
    await both();
    const stopped = service.stop();
    await eventually(
      () =>
        fetch(`${http}/healthz`).then(
          () => false,
          () => true,
        ),
      { what: 'HTTP refusing' },
    );
    gate.release();
    expect(await (await slow).text()).toBe('done');
    expect(await opened).toMatchObject({ caseId: 'x' });
    await stopped;
  }, 15_000);

  it('are cut when they never end, so that the service does', async () => {
    const slow = fetch(`${http}/slow`).then(
      () => 'answered',
      () => 'cut',
    );
    const opened = intake
      .openCase({ header, caseId: '' }, { retries: 0 })
      .catch((error: unknown) => grpcError(error).reason);
    await both();
    const before = Date.now();
    await service.stop();
    expect(Date.now() - before).toBeLessThan(8_000);
    expect(await slow).toBe('cut');
    expect(await opened).toMatch(/^TRANSPORT_/);
  }, 15_000);

  it('are repeated by the client while the service is unavailable, at most three times more', async () => {
    await expect(intake.registerCase({ header, caseId: '2' })).resolves.toMatchObject({ caseId: 'x' });
    expect(attempts).toBe(3);
    attempts = 0;
    const failed: unknown = await intake
      .registerCase({ header, caseId: '9' })
      .catch((error: unknown) => error);
    expect([attempts, grpcError(failed).reason]).toEqual([4, 'STORE_UNAVAILABLE']);
  }, 15_000);

  it('end at the deadline of the caller', async () => {
    const failed: unknown = await intake
      .openCase({ header, caseId: '' }, { deadlineMs: 200 })
      .catch((error: unknown) => error);
    expect(grpcError(failed)).toEqual({
      code: status.DEADLINE_EXCEEDED,
      reason: 'TRANSPORT_DEADLINE_EXCEEDED',
      details: {},
    });
  });
});
