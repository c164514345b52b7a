package kube

import (
	"testing"

	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

func TestAPortsNameSaysItsProtocol(t *testing.T) {
	for _, c := range []struct {
		port core.ServicePort
		want mesh.Protocol
	}{
		{core.ServicePort{Name: "http", Port: 80}, mesh.HTTP},
		{core.ServicePort{Name: "http-metrics", Port: 9090}, mesh.HTTP},
		{core.ServicePort{Name: "grpc-api", Port: 9000}, mesh.HTTP2},
		{core.ServicePort{Name: "https", Port: 443}, mesh.Opaque},
		{core.ServicePort{Name: "dns-tcp", Port: 53}, mesh.Opaque},
		{core.ServicePort{Name: "", Port: 80}, mesh.Sniffed},
		{core.ServicePort{Name: "web", Port: 80}, mesh.Sniffed},
		{core.ServicePort{Name: "web", Port: 80, AppProtocol: ptr.To("http")}, mesh.HTTP},
	} {
		if got := protocol(c.port); got != c.want {
			t.Errorf("%q on %d is protocol %d, want %d", c.port.Name, c.port.Port, got, c.want)
		}
	}
}

func TestOnlyReadyEndpointsCountWithTheirPodsLabels(t *testing.T) {
	endpoint := func(address, pod string, ready *bool) discovery.Endpoint {
		return discovery.Endpoint{Addresses: []string{address}, Conditions: discovery.EndpointConditions{Ready: ready},
			TargetRef: &core.ObjectReference{Kind: "Pod", Namespace: "ecommerce", Name: pod}}
	}
	got := endpoints([]*discovery.EndpointSlice{{
		AddressType: discovery.AddressTypeIPv4,
		Ports:       []discovery.EndpointPort{{Name: ptr.To("http"), Port: ptr.To(int32(8080))}},
		Endpoints: []discovery.Endpoint{endpoint("10.0.0.2", "b", ptr.To(true)),
			endpoint("10.0.0.3", "c", ptr.To(false)), endpoint("10.0.0.1", "a", nil)},
	}}, func(pod string) map[string]string { return map[string]string{"pod": pod} })
	if len(got) != 2 || got[0].Address != "10.0.0.1" || got[1].Labels["pod"] != "ecommerce/b" || got[1].Ports["http"] != 8080 {
		t.Errorf("endpoints %+v", got)
	}
}

func TestANamedTargetPortIsFoundInTheEndpoints(t *testing.T) {
	s := service(&core.Service{Spec: core.ServiceSpec{ClusterIP: "None", Ports: []core.ServicePort{
		{Name: "http", Port: 80, TargetPort: intstr.FromString("web")}, {Name: "dns", Port: 53, Protocol: core.ProtocolUDP}}}},
		[]*discovery.EndpointSlice{{Ports: []discovery.EndpointPort{{Name: ptr.To("http"), Port: ptr.To(int32(8080))}}}})
	if len(s.Ports) != 1 || s.Ports[0].TargetPort != 8080 || s.Address != "" {
		t.Errorf("service %+v, want one TCP port to 8080 and no address", s)
	}
}

func TestAPodIsNamedAfterItsDeployment(t *testing.T) {
	p := &core.Pod{ObjectMeta: meta.ObjectMeta{Name: "order-api-blue-5d9c7-x1", Labels: map[string]string{"pod-template-hash": "5d9c7"},
		OwnerReferences: []meta.OwnerReference{{Kind: "ReplicaSet", Name: "order-api-blue-5d9c7", Controller: ptr.To(true)}}}}
	if got := workload(p); got != "order-api-blue" {
		t.Errorf("workload %q, want order-api-blue", got)
	}
}

func TestHeartbeatsAndStatusAreNoChange(t *testing.T) {
	pod := func(ip, phase string) *core.Pod {
		return &core.Pod{Status: core.PodStatus{PodIP: ip, Phase: core.PodPhase(phase)}}
	}
	vs := func(spec, status string) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{"spec": spec, "status": status}}
	}
	if matters(pod("1", "Pending"), pod("1", "Running")) || matters(vs("a", "x"), vs("a", "y")) {
		t.Error("a status alone is taken for a change")
	}
	if !matters(pod("", "Pending"), pod("1", "Pending")) || !matters(vs("a", "x"), vs("b", "x")) {
		t.Error("an address or a spec is not taken for a change")
	}
}
