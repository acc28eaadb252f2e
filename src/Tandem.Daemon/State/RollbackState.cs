using Tandem.Api;
using Tandem.Core;
using Tandem.Linux.Members;

namespace Tandem.Daemon.State;

/// <summary>Bonds as they were before changes that wait for confirmation.</summary>
internal sealed record RollbackState
{
    /// <summary>The boot in which it was written, which the deadline belongs to.</summary>
    public required string Boot { get; init; }

    /// <summary>The ID of the network namespace.</summary>
    public required ulong Namespace { get; init; }

    /// <summary>When the bonds are brought back, in ns since the boot.</summary>
    public required long Deadline { get; init; }

    /// <summary>The bonds that there were, in the order of their creation.</summary>
    public required IReadOnlyList<RememberedBond> Bonds { get; init; }

    /// <summary>Names of bonds that the changes make.</summary>
    public required IReadOnlyList<string> Absent { get; init; }

    /// <summary>The turn to apply files with whose end they are brought back; null if the deadline alone counts.</summary>
    public long? Turn { get; init; }

    /// <summary>Names of interfaces that were up and no members. One that is given back is down, as with the driver.</summary>
    public IReadOnlyList<string> Up { get; init; } = [];
}

/// <summary>A bond as it was: its spec, in a form in which unknown keys of another version are skipped.</summary>
internal sealed record RememberedBond
{
    /// <summary>The bond's name.</summary>
    public required string Name { get; init; }

    /// <summary>The address that it had, possibly by its members.</summary>
    public required MacAddress Address { get; init; }

    /// <summary>The address set by a user; null if there is none.</summary>
    public MacAddress? UserAddress { get; init; }

    /// <summary>The options that its spec names.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The MTU in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Number of transmit queues.</summary>
    public int? NumTxQueues { get; init; }

    /// <summary>Whether it was up.</summary>
    public bool? Up { get; init; }

    /// <summary>The members, in the order in which they joined.</summary>
    public required IReadOnlyList<RememberedMember> Members { get; init; }

    /// <summary>The device with its IP addresses and routes, which the kernel removes when it is set down; null if they could not be read.</summary>
    public SavedMember? Device { get; init; }

    /// <summary>A bond as it is.</summary>
    public static RememberedBond Of(string name, BondSpec spec, MacAddress address, MacAddress? user, SavedMember? device) =>
        new()
        {
            Name = name,
            Device = device,
            Address = address,
            UserAddress = user,
            Options = spec.Options ?? None,
            Mtu = spec.Mtu,
            NumTxQueues = spec.NumTxQueues,
            Up = spec.Up,
            Members = [.. (spec.Members ?? []).Select(member => new RememberedMember(member.Name, member.Options ?? None))],
        };

    /// <summary>The spec that creates the bond.</summary>
    public BondSpec ToSpec() =>
        new()
        {
            Options = Options,
            Address = UserAddress?.ToString(),
            Mtu = Mtu,
            NumTxQueues = NumTxQueues,
            Up = Up,
            Members = [.. Members.Select(member => new MemberSpec { Name = member.Name, Options = member.Options })],
        };

    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>A member as it was.</summary>
/// <param name="Name">Its interface.</param>
/// <param name="Options">The options that differ from their defaults.</param>
internal sealed record RememberedMember(string Name, IReadOnlyDictionary<string, string> Options);

/// <summary>A rollback that was carried out.</summary>
internal sealed record RolledBackState
{
    /// <summary>The boot in which it was written.</summary>
    public required string Boot { get; init; }

    /// <summary>The ID of the network namespace.</summary>
    public required ulong Namespace { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Names of bonds that were removed, since there had been none. Files that name them still hold the refused configuration.</summary>
    public required IReadOnlyList<string> Removed { get; init; }

    /// <summary>What could not be brought back, with the reasons.</summary>
    public required IReadOnlyList<string> NotRestored { get; init; }
}
