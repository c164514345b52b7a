package telemetry

import (
	"testing"

	accesslog "github.com/envoyproxy/go-control-plane/envoy/data/accesslog/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

var gateway = &mesh.Pod{Name: "gw-1", Namespace: "istio-system", Workload: "istio-ingressgateway"}

func entry(code uint32, cluster string, flags *accesslog.ResponseFlags) *accesslog.HTTPAccessLogEntry {
	return &accesslog.HTTPAccessLogEntry{
		CommonProperties: &accesslog.AccessLogCommon{UpstreamCluster: cluster, ResponseFlags: flags},
		Request:          &accesslog.HTTPRequestProperties{},
		Response:         &accesslog.HTTPResponseProperties{ResponseCode: wrapperspb.UInt32(code)},
	}
}

func expect(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if len(got) != len(requestLabels) {
		t.Errorf("%d labels, want Istio's %d", len(got), len(requestLabels))
	}
}

func TestARequestIsNamedByThePodThatAnswered(t *testing.T) {
	pod := &mesh.Pod{Name: "p", Namespace: "ecommerce", Workload: "order-api-green",
		Labels: map[string]string{"app": "order-api", "version": "v1.1.0"}}
	got := requestLabelsOf(gateway, pod, entry(200, "outbound|80|green|order-api.ecommerce.svc.cluster.local", nil))
	expect(t, got, map[string]string{"reporter": "source", "source_workload": "istio-ingressgateway",
		"destination_workload": "order-api-green", "destination_version": "v1.1.0", "destination_workload_namespace": "ecommerce",
		"destination_service":      "order-api.ecommerce.svc.cluster.local",
		"destination_service_name": "order-api", "response_code": "200", "response_flags": "-", "request_protocol": "http"})
}

func TestAnAnswerOfTheGatewayItselfHasAnUnknownDestination(t *testing.T) {
	got := requestLabelsOf(gateway, nil, entry(503, "", &accesslog.ResponseFlags{NoClusterFound: true}))
	expect(t, got, map[string]string{"destination_workload": "unknown", "destination_service": "unknown",
		"destination_service_name": "unknown", "response_flags": "NC"})
}

func TestGRPCFailuresAreInTheTrailers(t *testing.T) {
	e := entry(200, "outbound|80||a.b.svc.cluster.local", nil)
	e.Request.RequestHeaders = map[string]string{"content-type": "application/grpc+proto"}
	e.Response.ResponseTrailers = map[string]string{"grpc-status": "14"}
	expect(t, requestLabelsOf(gateway, nil, e), map[string]string{"request_protocol": "grpc", "grpc_response_status": "14"})
}

func TestSeveralFlagsAreJoined(t *testing.T) {
	if got := responseFlags(&accesslog.ResponseFlags{UpstreamConnectionFailure: true, UpstreamRetryLimitExceeded: true}); got != "UF,URX" {
		t.Errorf("flags %q, want UF,URX", got)
	}
}
