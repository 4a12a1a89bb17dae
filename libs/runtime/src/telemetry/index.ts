export { type SpanName, type SpanOptions, detached, inSpan } from './spans';
export { type Gauge, observe, recordMessage } from './instruments';
export { type Telemetry, type TelemetryConfig, startTelemetry, telemetryConfigSchema } from './telemetry';
