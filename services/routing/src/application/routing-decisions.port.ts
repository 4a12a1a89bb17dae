import { type RoutingDecision } from '../domain/routing-decision';

/** The service's own table: how each case was routed, and how often people corrected it. */
export interface RoutingDecisions {
  /** Writes the row unless a newer fold of the case is there; the same version may overwrite. */
  put(decision: RoutingDecision): Promise<void>;
  quality(tenant: string): Promise<RoutingQuality>;
}

/** Misroutes and screening of a tenant's routed cases (BAH-25, KWT-04). */
export interface RoutingQuality {
  readonly routed: number;
  /** Routed cases that an owner returned at least once. */
  readonly misrouted: number;
  /** Share of routed cases that no owner returned, 0 to 1; 1 when nothing was routed. */
  readonly firstTimeRight: number;
  readonly serious: number;
  readonly notSerious: number;
}
