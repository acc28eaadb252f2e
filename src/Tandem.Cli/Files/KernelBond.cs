using Tandem.Config;

namespace Tandem.Cli.Files;

/// <summary>A running bond of the kernel's driver, with all that <c>tandem import --live</c> moves.</summary>
/// <param name="Bond">Its name and spec; members in the order in which they joined.</param>
/// <param name="Address">Its MAC address.</param>
/// <param name="Active">The active member; null in modes without one, and without a link.</param>
/// <param name="Settings">Settings of the interface that are no part of the spec, as words of <c>ip link set dev NAME</c>; empty for the usual ones.</param>
/// <param name="Network">Addresses, neighbours and routes, in this order, as lines of <c>ip -batch</c> without the interface's name.</param>
internal sealed record KernelBond(NamedBond Bond, string Address, string? Active, string Settings, IReadOnlyList<string> Network)
{
    /// <summary>The interface's name.</summary>
    public string Name => Bond.Name;

    /// <summary>The members' names.</summary>
    public IReadOnlyList<string> Members => [.. (Bond.Spec.Members ?? []).Select(member => member.Name)];

    /// <summary>The members that carry nothing while the active one does.</summary>
    public IReadOnlyList<string> Standbys => Active is null ? [] : [.. Members.Where(member => member != Active)];

    /// <summary>Lines of <c>ip -batch</c> that give an interface, which is up, all that this one has on it.</summary>
    public IEnumerable<string> Restore(string name) =>
        Settings.Length == 0
            ? Network.Select(line => $"{line} dev {name}")
            : [$"link set dev {name} {Settings}", .. Network.Select(line => $"{line} dev {name}")];

    /// <summary>Lines of <c>ip -batch</c> that make this bond of the driver again, from interfaces that belong to nothing.</summary>
    public IEnumerable<string> Remake()
    {
        yield return $"link add {Name} address {Address} type bond{Words(Bond.Spec.Options)}";
        if (Bond.Spec.Mtu is { } mtu)
            yield return $"link set dev {Name} mtu {mtu}";
        foreach (var member in Members)
        {
            foreach (var line in Enslave(member))
                yield return line;
        }
        if (Bond.Spec.Up == true)
            yield return $"link set dev {Name} up";
        if (Active is not null)
            yield return $"link set dev {Name} type bond active_slave {Active}";
        foreach (var line in Restore(Name))
            yield return line;
    }

    /// <summary>Lines of <c>ip -batch</c> that give the driver's bond a member back.</summary>
    public IEnumerable<string> Enslave(string member)
    {
        yield return $"link set dev {member} down";
        yield return $"link set dev {member} master {Name}";
        var options = Bond.Spec.Members!.First(other => other.Name == member).Options;
        if (options is { Count: > 0 })
            yield return $"link set dev {member} type bond_slave{Words(options)}";
    }

    private static string Words(IReadOnlyDictionary<string, string>? options) =>
        string.Concat(
            (options ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(option => $" {option.Key} {option.Value}")
        );
}
