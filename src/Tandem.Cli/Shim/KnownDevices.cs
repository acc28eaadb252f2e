using System.Diagnostics.CodeAnalysis;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Shim;

/// <summary>A bond, a member, or a bond that is a member of another one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ifindex">Its ifindex.</param>
/// <param name="Bond">The bond; null if it is none.</param>
/// <param name="Member">The member; null if it is none.</param>
/// <param name="Master">The bond of the member.</param>
internal sealed record KnownDevice(string Name, int Ifindex, BondResource? Bond, MemberResource? Member, string? Master);

/// <summary>The bonds of Tandem and their members in the network namespace of this command.</summary>
internal sealed class KnownDevices
{
    /// <summary>How long <c>ip</c> waits for a service that hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, KnownDevice> _all = new(StringComparer.Ordinal);

    /// <summary>The devices of bonds.</summary>
    public KnownDevices(IEnumerable<BondResource> bonds)
    {
        foreach (var bond in bonds)
        {
            // The device is in another network namespace.
            if (bond.Link.LinkNetnsid is not null)
                continue;
            var known = _all.GetValueOrDefault(bond.Name);
            _all[bond.Name] = new KnownDevice(bond.Name, bond.Link.Ifindex, bond, known?.Member, known?.Master);
            foreach (var member in bond.Members)
            {
                var inner = _all.GetValueOrDefault(member.Name)?.Bond;
                _all[member.Name] = new KnownDevice(member.Name, member.Link.Ifindex, inner, member, bond.Name);
            }
        }
    }

    /// <summary>Why the service does not tell its bonds; null if it does.</summary>
    public TandemException? Unavailable { get; private init; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _all.Count == 0;

    /// <summary>Asks the service; nothing if none answers.</summary>
    public static async Task<KnownDevices> AskAsync(CommandContext context)
    {
        try
        {
            using var client = new TandemClient(context.Socket, context.TimeLimit ?? Patience);
            return new KnownDevices(await client.GetBondsAsync(context.Cancellation));
        }
        catch (TandemException e)
        {
            return new KnownDevices([]) { Unavailable = e };
        }
    }

    /// <summary>The device with that name; null if it is neither a bond nor a member.</summary>
    public KnownDevice? Find(string name) => _all.GetValueOrDefault(name);

    /// <summary>Finds the device that <c>ip</c> shows as <c>NAME</c> or <c>NAME@BELOW</c>.</summary>
    public bool TryFind(string shown, int? ifindex, [NotNullWhen(true)] out KnownDevice? device)
    {
        device = Find(shown) ?? (shown.LastIndexOf('@') is var at and > 0 ? Find(shown[..at]) : null);
        if (device is not null && ifindex is not null && device.Ifindex != ifindex)
            device = null;
        return device is not null;
    }
}
