namespace Tandem.Linux.Hosting;

/// <summary>
/// One of something for all bonds that this process has in a network namespace: made in the namespace of the first thread that takes it, and
/// disposed of when the last one gives it back.
/// </summary>
/// <param name="make">Makes it, in the calling thread's namespace.</param>
internal sealed class PerNamespace<T>(Func<T> make)
    where T : class, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Shared> _all = new(StringComparer.Ordinal);

    /// <summary>Takes the one of the calling thread's namespace. Fails as making it fails.</summary>
    public Lease Take()
    {
        // Without /proc there is nothing to tell namespaces apart by, and no way into another one either.
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

    /// <summary>The right to use it, until this is disposed of.</summary>
    public sealed class Lease(PerNamespace<T> all, string name, T value) : IDisposable
    {
        private int _isReturned;

        /// <summary>What is shared.</summary>
        public T Value { get; } = value;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
                all.Return(name);
        }
    }
}
