/** Envoy's `config_dump?resource=dynamic_route_configs`. */
export interface RoutesDump {
  readonly configs?: readonly { readonly route_config: RouteConfiguration }[];
}

export interface RouteConfiguration {
  readonly name: string;
  readonly virtual_hosts?: readonly VirtualHost[];
}

export interface VirtualHost {
  readonly name: string;
  readonly domains: readonly string[];
}

/** Envoy's `config_dump?resource=dynamic_active_clusters`. */
export interface ClustersDump {
  readonly configs?: readonly { readonly cluster: { readonly name: string } }[];
}

/** Envoy's `clusters?format=json`. */
export interface HostsDump {
  readonly cluster_statuses?: readonly {
    readonly name: string;
    readonly observability_name?: string;
    readonly eds_service_name?: string;
    readonly circuit_breakers?: unknown;
    readonly host_statuses?: readonly {
      readonly address: {
        readonly socket_address: { readonly address: string; readonly port_value: number };
      };
      readonly health_status: unknown;
      readonly weight: number;
    }[];
  }[];
}
