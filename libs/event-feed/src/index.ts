export * from './event-feed.port';
export { type Brokers, brokerIsReady, createTopics, defaultPartitions } from './kafka-topics';
