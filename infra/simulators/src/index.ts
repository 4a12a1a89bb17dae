export { startSimulators, type RunningSimulators, type SimulatorOptions } from './simulators';
export { type SentMessage, type SimulatedChannel } from './sent-messages';
export { faultModes, type FaultMode } from './faults';
