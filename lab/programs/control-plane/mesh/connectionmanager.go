package mesh

import (
	accesslog "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	grpclog "github.com/envoyproxy/go-control-plane/envoy/extensions/access_loggers/grpc/v3"
	cors "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	httpfault "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	router "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"time"
)

// ControlPlaneCluster is the static cluster in every bootstrap through which
// proxies reach this program, for configuration and for access logs.
const ControlPlaneCluster = "xds-grpc"

// logFlushInterval bounds how late a request shows in the metrics.
const logFlushInterval = 200 * time.Millisecond

func connectionManager(statPrefix, routes string, edge bool) *hcm.HttpConnectionManager {
	return &hcm.HttpConnectionManager{
		CodecType:  hcm.HttpConnectionManager_AUTO,
		StatPrefix: statPrefix,
		RouteSpecifier: &hcm.HttpConnectionManager_Rds{Rds: &hcm.Rds{
			ConfigSource: adsSource(), RouteConfigName: routes}},
		HttpFilters: []*hcm.HttpFilter{
			httpFilter("envoy.filters.http.fault", &httpfault.HTTPFault{}),
			httpFilter("envoy.filters.http.cors", &cors.Cors{}),
			httpFilter("envoy.filters.http.router", &router.Router{}),
		},
		ServerName:        "istio-envoy",
		UseRemoteAddress:  wrapperspb.Bool(edge),
		NormalizePath:     wrapperspb.Bool(true),
		StreamIdleTimeout: durationpb.New(0),
		UpgradeConfigs:    []*hcm.HttpConnectionManager_UpgradeConfig{{UpgradeType: "websocket"}},
		AccessLog:         []*accesslog.AccessLog{requestLog()},
		LocalReplyConfig:  flagsInLocalReplies(),
	}
}

func httpFilter(name string, config proto.Message) *hcm.HttpFilter {
	return &hcm.HttpFilter{Name: name, ConfigType: &hcm.HttpFilter_TypedConfig{TypedConfig: packed(config)}}
}

// requestLog sends every finished request to this program, which makes Istio's
// metrics of them: upstream Envoy lacks Istio's own stats filter.
func requestLog() *accesslog.AccessLog {
	return &accesslog.AccessLog{
		Name: "envoy.access_loggers.http_grpc",
		ConfigType: &accesslog.AccessLog_TypedConfig{TypedConfig: packed(&grpclog.HttpGrpcAccessLogConfig{
			CommonConfig: &grpclog.CommonGrpcAccessLogConfig{
				LogName:             "requests",
				TransportApiVersion: core.ApiVersion_V3,
				BufferFlushInterval: durationpb.New(logFlushInterval),
				GrpcService: &core.GrpcService{TargetSpecifier: &core.GrpcService_EnvoyGrpc_{
					EnvoyGrpc: &core.GrpcService_EnvoyGrpc{ClusterName: ControlPlaneCluster}}},
			},
			AdditionalRequestHeadersToLog:   []string{"content-type"},
			AdditionalResponseHeadersToLog:  []string{"grpc-status", LocalReplyClusterHeader},
			AdditionalResponseTrailersToLog: []string{"grpc-status"},
		})},
	}
}

// LocalReplyClusterHeader names the cluster in an answer that Envoy made itself.
// Its access log has the cluster only of requests that reached a host.
const LocalReplyClusterHeader = "x-envoy-upstream-cluster"

// flagsInLocalReplies is for the lab only, Istio has no such headers: answers
// that Envoy makes itself carry its response flags (UH, NC, NR, UF …), so that
// a load tool can say why a request failed, and the cluster, for the metrics.
// The filter lets through what has any flag.
func flagsInLocalReplies() *hcm.LocalReplyConfig {
	header := func(key, value string) *core.HeaderValueOption {
		return &core.HeaderValueOption{Header: &core.HeaderValue{Key: key, Value: value},
			AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD}
	}
	return &hcm.LocalReplyConfig{Mappers: []*hcm.ResponseMapper{{
		Filter: &accesslog.AccessLogFilter{FilterSpecifier: &accesslog.AccessLogFilter_ResponseFlagFilter{
			ResponseFlagFilter: &accesslog.ResponseFlagFilter{}}},
		HeadersToAdd: []*core.HeaderValueOption{
			header("x-envoy-response-flags", "%RESPONSE_FLAGS%"),
			header(LocalReplyClusterHeader, "%UPSTREAM_CLUSTER_RAW%"),
		},
	}}}
}
