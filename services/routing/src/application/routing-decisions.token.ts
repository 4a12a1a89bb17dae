/** Nest injection token of the `RoutingDecisions` port. */
export const ROUTING_DECISIONS = Symbol('routing.decisions');
