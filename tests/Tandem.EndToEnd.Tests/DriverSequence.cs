namespace Tandem.EndToEnd.Tests;

/// <summary>
/// A sequence of events for a bond of the driver and one of Tandem, drawn by weight; the same one for the same mode and seed. Its lines are
/// those that <c>driver-sequences.sh</c> plays.
/// </summary>
/// <remarks>
/// Commands are drawn whether they will be accepted or not, as refusals are compared too. Events whose effect differs by design are not drawn, see
/// docs/differences.md; a comment explains each such rule.
/// </remarks>
internal sealed partial class DriverSequence
{
    private const int Cables = 4;
    private const string Lacp = "802.3ad";
    private const string Check = "check";

    private readonly string _mode;
    private readonly Random _random;
    private readonly List<string> _lines = [];

    // State that decides which events make sense next.
    private readonly List<string> _members = [];
    private readonly HashSet<int> _cut = [];
    private int _miimon;
    private bool _hasDelays;
    private bool _hasOwnAddress;

    private DriverSequence(string mode, int seed)
    {
        _mode = mode;
        _random = new Random((seed * Modes.Count) + Modes.ToList().IndexOf(mode));
    }

    /// <summary>The modes of the driver, by its numbers.</summary>
    public static IReadOnlyList<string> Modes { get; } =
    ["balance-rr", "active-backup", "balance-xor", "broadcast", Lacp, "balance-tlb", "balance-alb"];

    private bool IsLacp => _mode == Lacp;

    private bool HasActive => _mode is "active-backup" or "balance-tlb" or "balance-alb";

    /// <summary>Draws a sequence.</summary>
    public static IReadOnlyList<string> Draw(string mode, int seed)
    {
        var sequence = new DriverSequence(mode, seed);
        sequence.Add($"sequence {mode}:{seed}");
        sequence.Begin();
        var events = sequence.Events().Where(e => e.Weight > 0).ToArray();
        // After most events LACP takes seconds to agree again.
        var checks = sequence._random.Next(10, 14) - (sequence.IsLacp ? 3 : 0);
        while (sequence._lines.Count(line => line == Check) < checks)
            sequence.DrawEvent(events);
        sequence.Add("both link del bond0", Check);
        return sequence._lines;
    }

    private void Begin()
    {
        _miimon = Pick(20, 30, 50);
        // LACP needs a partner at the far end.
        if (IsLacp)
            Add($"partner mode {Lacp} miimon 20 lacp_rate fast");
        // The bond may have had another mode before.
        var mode = !IsLacp && Chance(4) ? Pick("balance-rr", "active-backup", "balance-xor", "broadcast") : _mode;
        Add($"both link add bond0 type bond mode {mode} miimon {_miimon}{(IsLacp ? " lacp_rate fast" : "")}");
        if (mode != _mode)
            Add(Check, $"both link set bond0 type bond mode {_mode}");
        if (IsLacp)
            Add("ours link set bond0 type bond lacp_strict off coupled_control on lacp_aggregate_wait 2000");
        if (_mode == "active-backup" && Chance(2))
            Bond($"fail_over_mac {Pick("none", "active", "follow")}");
        if (!IsLacp && Chance(3))
            DrawDelays();
        // A delay does not end without a running monitor, so the bond is up before the first member joins.
        var upFirst = _hasDelays || Chance(2);
        if (upFirst)
            Add("both link set bond0 up");
        foreach (var member in Enumerable.Range(0, Cables).Select(i => $"e{i}").OrderBy(_ => _random.Next()).Take(Pick(3, 3, 4)))
            Join(member);
        if (!upFirst)
            Add("both link set bond0 up");
        Add(Check);
    }

    private void DrawEvent((int Weight, Action Play)[] events)
    {
        var drawn = _random.Next(events.Sum(e => e.Weight));
        var index = 0;
        while (drawn >= events[index].Weight)
            drawn -= events[index++].Weight;
        events[index].Play();
        Add(Check);
    }

    private void Add(params string[] lines) => _lines.AddRange(lines);

    private void Bond(string options) => Add($"both link set bond0 type bond {options}");

    private void Join(string member)
    {
        Add($"both link set {member} master bond0");
        _members.Add(member);
    }

    private void Release(string member)
    {
        Add($"both link set {member} nomaster");
        _members.Remove(member);
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private string AnyMember() => _members.Count > 0 ? Pick([.. _members]) : AnyInterface();

    private string AnyInterface() => $"e{_random.Next(Cables)}";
}
