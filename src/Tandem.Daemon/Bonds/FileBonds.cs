using Tandem.Api;
using Tandem.Core.Options;
using Tandem.Daemon.Logging;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Makes the bonds of configuration files when the service starts. At boot interfaces may come later than the service: they join when they appear. What is refused
/// is logged, and keeps nothing else from being made: a machine with half of its network can be reached.
/// </summary>
internal sealed class FileBonds(BondSet bonds, Reconciler reconciler, INetwork network, ILogger log)
{
    private readonly List<Awaited> _awaited = [];

    /// <summary>Prepares for interfaces to join a bond, then runs the join on the writer thread.</summary>
    public Action<string, IReadOnlyList<string>, Action<long>> Prepare { get; set; } = static (_, _, join) => join(0);

    /// <summary>
    /// Makes a bond, unless it runs: one that was taken over stays as it is, with all that was changed since it was made. In both cases its members that do
    /// not exist yet are awaited.
    /// </summary>
    public void Make(long now, string name, BondSpec spec)
    {
        var isThere = bonds.Find(name) is not null;
        if (!isThere && Put(now, name, spec with { Options = OptionsOf(spec, static _ => false), Members = [], Up = null }) is { } refusal)
        {
            Log.NotMade(log, name, refusal.Message);
            return;
        }
        foreach (var member in spec.Members ?? [])
        {
            if (network.Find(member.Name) is null)
                Await(name, member, spec);
            else if (!isThere)
                Join(now, name, member);
        }
        // After the members: an interface must exist to be named, and the bond has its address when it goes up.
        if (!isThere && Put(now, name, spec with { Options = OptionsOf(spec, Exists), Members = null }) is { } notUp)
            Log.NotMade(log, name, notUp.Message);
    }

    /// <summary>Lets an interface join that a bond waits for.</summary>
    public void Appeared(string name)
    {
        foreach (var awaited in _awaited.Where(awaited => awaited.Member.Name == name).ToList())
        {
            _awaited.Remove(awaited);
            Prepare(awaited.Bond, [name], now => Join(now, awaited));
        }
    }

    private void Join(long now, Awaited awaited)
    {
        if (bonds.Find(awaited.Bond) is not { } bond)
            return;
        Join(now, awaited.Bond, awaited.Member);
        var changes = RequestReader.Options(OptionScope.Bond, awaited.Options).Value ?? [];
        if (changes.Count > 0 && new BondWishes(changes, null, null, null).CarryOut(now, bond, new Steps()) is { } refusal)
            Log.NotMade(log, awaited.Bond, refusal.Message);
        bond.Save();
    }

    private void Await(string bond, MemberSpec member, BondSpec spec)
    {
        Log.Awaits(log, bond, member.Name);
        var naming = (spec.Options ?? new Dictionary<string, string>(StringComparer.Ordinal)).Where(option =>
            NamesInterface(option.Key) && option.Value == member.Name
        );
        _awaited.Add(new Awaited(bond, member, new Dictionary<string, string>(naming, StringComparer.Ordinal)));
    }

    private void Join(long now, string bond, MemberSpec member)
    {
        var options = RequestReader.Options(OptionScope.Member, member.Options);
        if (options.Refusal is { } refusal)
            Log.NotMade(log, bond, $"{member.Name}: {refusal.Message}");
        else
            reconciler.Resume(
                now,
                bonds.Find(bond)!,
                [new WantedMember(member.Name, options.Value!)],
                refused => Log.NotMade(log, bond, refused.Message)
            );
    }

    private ErrorMessage? Put(long now, string name, BondSpec spec) => reconciler.Put(now, name, spec).Refusal;

    /// <summary>Of the options of a spec those that name an interface, only if it is to be kept; and all others.</summary>
    public static Dictionary<string, string> OptionsOf(BondSpec spec, Func<string, bool> keepsNamed) =>
        (spec.Options ?? new Dictionary<string, string>(StringComparer.Ordinal))
            .Where(option => !NamesInterface(option.Key) || keepsNamed(option.Value))
            .ToDictionary(StringComparer.Ordinal);

    private bool Exists(string name) => network.Find(name) is not null;

    private static bool NamesInterface(string option) =>
        BondOptionTable.Bond.Any(known => known.Kind == OptionKind.Interface && known.Name == option);

    private sealed record Awaited(string Bond, MemberSpec Member, IReadOnlyDictionary<string, string> Options);
}
