using Xunit.Sdk;
using Xunit.v3;

// Every test has a cluster of its own, and they share one network with its addresses: one after the other.
[assembly: Parallelization(Mode = ParallelMode.None)]
