export const waypointLabel = 'istio.io/use-waypoint';

/** By the labels of a Service or its Namespace. Its value is the waypoint's name; `none` says that there is none. */
export const usesWaypoint = (labels: Readonly<Record<string, string>>): boolean =>
  labels[waypointLabel] !== undefined && labels[waypointLabel] !== 'none';
