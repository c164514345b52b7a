package kube

import (
	"maps"
	"reflect"

	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"
)

// handler reports changes that can alter a proxy's configuration or the name of
// a workload. Everything else (status, annotations, heartbeats) must not: a
// steady trickle of such events would hold a push back by the debounce.
func handler(changed func()) cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		DeleteFunc: func(any) { changed() },
		UpdateFunc: func(before, after any) {
			if matters(before, after) {
				changed()
			}
		},
	}
}

func matters(before, after any) bool {
	switch b := after.(type) {
	case *core.Pod:
		a := before.(*core.Pod)
		return a.Status.PodIP != b.Status.PodIP || !maps.Equal(a.Labels, b.Labels)
	case *core.Service:
		a := before.(*core.Service)
		return !reflect.DeepEqual(a.Spec, b.Spec)
	case *discovery.EndpointSlice:
		a := before.(*discovery.EndpointSlice)
		return !reflect.DeepEqual(a.Endpoints, b.Endpoints) || !reflect.DeepEqual(a.Ports, b.Ports)
	case *unstructured.Unstructured:
		a := before.(*unstructured.Unstructured)
		return !reflect.DeepEqual(a.Object["spec"], b.Object["spec"])
	}
	return true
}
