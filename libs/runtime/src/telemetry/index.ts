export { type SpanName, type SpanOptions, detached, inSpan } from './spans';
export { type Gauge, observe } from './instruments';
export { type Telemetry, type TelemetryConfig, startTelemetry, telemetryConfigSchema } from './telemetry';
