import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where the broker's pom.xml, configuration templates and, after the first use, its jars are. */
export const kafkaHome = join(__dirname, '../../../kafka');
const jarFolder = join(kafkaHome, 'target/lib');

/** Structural part of a logger: one line per outcome. */
export interface KafkaLog {
  info(fields: Readonly<Record<string, unknown>>, text?: string): void;
  warn(fields: Readonly<Record<string, unknown>>, text?: string): void;
}

export type KafkaJars =
  | { readonly available: true; readonly java: string; readonly classPath: string }
  | { readonly available: false; readonly why: string };

/**
 * The jars of Apache Kafka, collected by Maven on first use (about 40 MB, into `infra/kafka/target/lib`) and again when
 * `pom.xml` is newer. Needs Java 17 or newer, and Maven for the first use; says what is missing otherwise.
 */
export async function ensureKafkaJars(log: KafkaLog): Promise<KafkaJars> {
  const missing = missingForKafka();
  if (missing !== undefined) return { available: false, why: missing };
  if (!jarsAreCurrent()) {
    log.info({ event: 'kafka.jars.collecting' }, 'collecting the jars of Apache Kafka once');
    const problem = await collectJars();
    if (problem !== undefined) return { available: false, why: problem };
    log.info({ event: 'kafka.jars.collected', folder: jarFolder });
  }
  return { available: true, java: javaCommand(), classPath: join(jarFolder, '*') };
}

/** What must be installed before a broker can run here, or undefined. Looks only; collects nothing. */
export function missingForKafka(): string | undefined {
  const version = javaVersion();
  if (version === undefined)
    return 'Java is missing: install a Java runtime, 17 or newer, or set KAFKA_BROKERS';
  if (version < 17) return `Java ${version} is too old: Kafka needs 17 or newer`;
  if (jarsAreCurrent() || spawnSync('mvn', ['-version'], { stdio: 'ignore' }).status === 0) return undefined;
  return 'Maven is missing: install it to collect the jars of Kafka, or set KAFKA_BROKERS';
}

const javaCommand = (): string =>
  process.env['JAVA_HOME'] === undefined ? 'java' : join(process.env['JAVA_HOME'], 'bin/java');

function javaVersion(): number | undefined {
  const { status, stderr } = spawnSync(javaCommand(), ['-version'], { encoding: 'utf8' });
  const major = /version "(\d+)/.exec(stderr ?? '')?.[1];
  return status === 0 && major !== undefined ? Number(major) : undefined;
}

function jarsAreCurrent(): boolean {
  if (!existsSync(jarFolder) || !readdirSync(jarFolder).some((name) => name.startsWith('kafka_')))
    return false;
  return statSync(jarFolder).mtimeMs >= statSync(join(kafkaHome, 'pom.xml')).mtimeMs;
}

/** The reason why the jars could not be had, or undefined. `clean` first: jars of two versions must never mix. */
async function collectJars(): Promise<string | undefined> {
  const options = ['-q', '-B', '-f', join(kafkaHome, 'pom.xml'), 'clean', 'dependency:copy-dependencies'];
  return new Promise((resolve) => {
    execFile('mvn', options, { timeout: 300_000, maxBuffer: 10_000_000 }, (error, stdout) => {
      const reason = /\[ERROR\] (.*)/.exec(stdout)?.[1] ?? error?.message;
      resolve(
        error === null ? undefined : `Maven could not collect the jars of Kafka: ${reason ?? 'unknown'}`,
      );
    });
  });
}
