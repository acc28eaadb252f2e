namespace Tandem.Linux.Hosting;

/// <summary>
/// One object per network namespace, shared by all bonds of this process in it: created in the namespace of the first thread that takes
/// it, disposed of when the last lease ends.
/// </summary>
/// <param name="make">Creates the object, in the calling thread's namespace.</param>
internal sealed class PerNamespace<T>(Func<T> make)
    where T : class, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Shared> _all = new(StringComparer.Ordinal);

    /// <summary>Takes a lease on the object of the calling thread's namespace. Throws what its creation throws.</summary>
    public Lease Take()
    {
        // Without /proc, namespaces can be neither distinguished nor entered.
        var name = NetworkNamespaces.NameOfThis() ?? "";
        lock (_gate)
        {
            if (!_all.TryGetValue(name, out var shared))
                _all.Add(name, shared = new Shared(make()));
            shared.Users++;
            return new Lease(this, name, shared.Value);
        }
    }

    private void Return(string name)
    {
        Shared shared;
        lock (_gate)
        {
            shared = _all[name];
            if (--shared.Users > 0)
                return;
            _all.Remove(name);
        }
        shared.Value.Dispose();
    }

    private sealed class Shared(T value)
    {
        public T Value { get; } = value;

        public int Users { get; set; }
    }

    /// <summary>The right to use the object, until the lease is disposed of.</summary>
    public sealed class Lease(PerNamespace<T> all, string name, T value) : IDisposable
    {
        private int _isReturned;

        /// <summary>The shared object.</summary>
        public T Value { get; } = value;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
                all.Return(name);
        }
    }
}
