package mesh

import (
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
)

func TestANodeIdSaysWhoAsks(t *testing.T) {
	metadata, err := structpb.NewStruct(map[string]any{"HTTP_PROXY_PORT": "15080", "LABELS": map[string]any{"app": "payment"}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParseProxy("sidecar~10.244.0.9~payment-1.ecommerce~ecommerce.svc.cluster.local", metadata)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != Sidecar || p.Address != "10.244.0.9" || p.Pod != "payment-1" || p.Namespace != "ecommerce" ||
		p.HTTPProxyPort != 15080 || p.Labels["app"] != "payment" {
		t.Errorf("read %+v", p)
	}
}

func TestOtherNodeIdsAreTurnedAway(t *testing.T) {
	for _, id := range []string{"", "router", "router~1.1.1.1~pod~domain", "ztunnel~1.1.1.1~pod.ns~domain"} {
		if p, err := ParseProxy(id, nil); err == nil {
			t.Errorf("%q was read as %+v", id, p)
		}
	}
}
