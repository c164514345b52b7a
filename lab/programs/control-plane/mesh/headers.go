package mesh

import (
	"maps"
	"slices"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// headerChanges is a VirtualService's headers block in Envoy's terms. Setting
// the request's Host rewrites the authority instead.
type headerChanges struct {
	requestAdd     []*core.HeaderValueOption
	requestRemove  []string
	responseAdd    []*core.HeaderValueOption
	responseRemove []string
	authority      string
}

func headerChangesOf(in *networking.Headers) headerChanges {
	out := headerChanges{
		requestRemove:  in.GetRequest().GetRemove(),
		responseAdd:    additions(in.GetResponse()),
		responseRemove: in.GetResponse().GetRemove(),
	}
	for _, h := range additions(in.GetRequest()) {
		if key := strings.ToLower(h.Header.Key); key == "host" || key == ":authority" {
			out.authority = h.Header.Value
		} else {
			out.requestAdd = append(out.requestAdd, h)
		}
	}
	return out
}

// additions lists "set" (replaces) before "add" (appends), each by name.
func additions(in *networking.Headers_HeaderOperations) []*core.HeaderValueOption {
	out := valueOptions(in.GetSet(), core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD)
	return append(out, valueOptions(in.GetAdd(), core.HeaderValueOption_APPEND_IF_EXISTS_OR_ADD)...)
}

func valueOptions(headers map[string]string, action core.HeaderValueOption_HeaderAppendAction) []*core.HeaderValueOption {
	var out []*core.HeaderValueOption
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		out = append(out, &core.HeaderValueOption{
			Header: &core.HeaderValue{Key: name, Value: headers[name]}, AppendAction: action})
	}
	return out
}
