using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Namespaces;

/// <summary>A network namespace, as kernel, users and state files name it.</summary>
/// <param name="Id">The kernel's name for it, unique as long as it exists.</param>
/// <param name="Name">The name for users: that of <c>ip netns</c>, or the kernel's; null for the service's own namespace.</param>
/// <param name="Surroundings">What identifies it in state files.</param>
internal sealed record NamespaceIdentity(string Id, string? Name, Surroundings Surroundings)
{
    /// <summary>That of the calling thread, which is in the service's own namespace.</summary>
    public static NamespaceIdentity OfService(NetworkNamespace own) => new(own.Id, null, Surroundings.Read());

    /// <summary>That of the calling thread, which is in another namespace.</summary>
    public static NamespaceIdentity OfOther(NetworkNamespace other) =>
        new(other.Id, NamespaceUse.NameOf(other.Id) ?? other.Id, Surroundings.Read());
}
