export * from './kafka-broker';
export * from './kafka-jars';
export { createTopics } from '@balagh/event-feed';
