using Xunit.Sdk;
using Xunit.v3;

// Namespaces, threads and the table of open descriptors belong to the whole process.
[assembly: Parallelization(Mode = ParallelMode.None)]
