package mesh

import "slices"

// exported reports whether an object of one namespace is there for proxies (or
// roots of delegates) of another: exportTo names namespaces, "." its own, "*"
// all; without any it is for all.
func exported(exportTo []string, own, to string) bool {
	return len(exportTo) == 0 || slices.Contains(exportTo, "*") ||
		slices.Contains(exportTo, to) || (own == to && slices.Contains(exportTo, "."))
}

// virtualServicesFor are those that a proxy gets.
func virtualServicesFor(w *World, p Proxy) []VirtualService {
	var out []VirtualService
	for _, vs := range w.VirtualServices {
		if exported(vs.Spec.ExportTo, vs.Namespace, p.Namespace) {
			out = append(out, vs)
		}
	}
	return out
}
