using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tandem.Daemon.Logging;
using Tandem.Linux.Hosting;
using Tandem.Linux.Members;

namespace Tandem.Daemon.State;

/// <summary>
/// Stores a file per bond, so that the next service can take over or undo everything a killed service left. Content is accepted at once,
/// and written by the work passed to <paramref name="later"/>; several changes until then are written once.
/// </summary>
/// <param name="directory">The directory of the files.</param>
/// <param name="here">Boot and network namespace of this service.</param>
/// <param name="log">Receives messages about unusable files.</param>
/// <param name="later">Runs work on another thread; null to run it at once.</param>
internal sealed class StateStore(PrivateDirectory directory, Surroundings here, ILogger log, Action<Action>? later = null)
{
    private const string Extension = ".bond.json";
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"{here.Namespace}.");
    private readonly Dictionary<string, StateFile> _files = new(StringComparer.Ordinal);

    /// <summary>The directory, for messages and for the copy stored in the kernel.</summary>
    public string Directory => directory.Path;

    /// <summary>Boot and network namespace of this service.</summary>
    public Surroundings Here => here;

    /// <summary>A state with only the name, for this boot and namespace.</summary>
    public BondState Blank(string name) =>
        new()
        {
            Format = BondState.CurrentFormat,
            Boot = here.Boot,
            Namespace = here.Namespace,
            Name = name,
        };

    /// <summary>
    /// Accepts the state of a bond, and schedules writing it as the next revision, unless it equals the last one. Returns the copy to
    /// store in the kernel; null if nothing changed.
    /// </summary>
    public byte[]? Save(BondState state)
    {
        var file = FileOf(state.Name);
        if (file.IsLatest(JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.BondState)))
            return null;
        var next = state with { Revision = state.Revision + 1 };
        file.Want(JsonSerializer.SerializeToUtf8Bytes(next, StateJson.Default.BondState), Defer);
        // The peers of balance-alb would take too much space; they are learned again.
        return JsonSerializer.SerializeToUtf8Bytes(next with { Directory = directory.Path, Peers = null }, StateJson.Compact.BondState);
    }

    /// <summary>Writes the accepted state of a bond, and blocks meanwhile. Returns the problem, or null.</summary>
    public string? Flush(string name) => FileOf(name).Write();

    /// <summary>The same for another thread to do.</summary>
    public Func<string?> WriteOf(string name) => FileOf(name).Write;

    /// <summary>Removes a bond's file, soon.</summary>
    public void Delete(string name) => FileOf(name).Want(null, Defer);

    /// <summary>
    /// Accepts the list of interfaces that must still be restored, and schedules writing it. It is written before any later state of a bond, so that no
    /// interface is missing in both.
    /// </summary>
    /// <param name="members">Interfaces that could not be restored completely.</param>
    /// <param name="down">Restored interfaces whose routes come back when they are set up.</param>
    public void SaveOwed(IReadOnlyList<OwedMember> members, IReadOnlyList<OwedMember> down)
    {
        var owed = new OwedState
        {
            Format = BondState.CurrentFormat,
            Boot = here.Boot,
            Members = members,
            Down = down.Count > 0 ? down : null,
        };
        var isEmpty = members.Count + down.Count == 0;
        OwedFile.Want(isEmpty ? null : JsonSerializer.SerializeToUtf8Bytes(owed, StateJson.Default.OwedState), Defer);
    }

    /// <summary>Accepts what is brought back without a confirmation; null for nothing. It is written soon.</summary>
    public void SaveRollback(RollbackState? state) =>
        RollbackFile.Want(state is null ? null : JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.RollbackState), Defer);

    /// <summary>Writes what is brought back without a confirmation, and blocks meanwhile. Returns the problem, or null. For any thread.</summary>
    public string? WriteRollback() => RollbackFile.Write();

    /// <summary>What an earlier service was to bring back without a confirmation; null if nothing. What it wrote in another boot is removed.</summary>
    public RollbackState? ReadRollback() =>
        ReadOwn(
            RollbackName,
            StateJson.Default.RollbackState,
            static read => (read.Boot, read.Namespace),
            static read =>
                read.Absent is not null
                && !read.Absent.Contains(null!)
                && read.Up is not null
                && read.Bonds is not null
                && read.Bonds.All(IsWhole)
        );

    /// <summary>Accepts a rollback that was carried out; null to forget it. It is written soon.</summary>
    public void SaveRolledBack(RolledBackState? state) =>
        RolledBackFile.Want(state is null ? null : JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.RolledBackState), Defer);

    /// <summary>The last rollback of this boot; null if there is none.</summary>
    public RolledBackState? ReadRolledBack() =>
        ReadOwn(
            RolledBackName,
            StateJson.Default.RolledBackState,
            static read => (read.Boot, read.Namespace),
            static read => read.Removed is not null && read.NotRestored is not null
        );

    /// <summary>The namespaces of which a directory has state files of this boot.</summary>
    public static HashSet<ulong> NamespacesIn(PrivateDirectory directory, string boot)
    {
        var found = new HashSet<ulong>();
        foreach (var name in directory.Names().Where(name => name.EndsWith(".json", StringComparison.Ordinal)))
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (
                ulong.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var netns)
                && !found.Contains(netns)
                && StateFile.Read(directory, name).Value is { } content
                && content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(boot)) >= 0
            )
                found.Add(netns);
        }
        return found;
    }

    /// <summary>The interfaces that an earlier service could not restore, and those whose routes wait until they are set up.</summary>
    public (IReadOnlyList<OwedMember> Members, IReadOnlyList<OwedMember> Down) ReadOwed()
    {
        var name = _prefix + "owed.json";
        if (!directory.Names().Contains(name))
            return ([], []);
        var read = Read(name, StateJson.Default.OwedState, out var problem);
        if (read is null)
            SetAsideFile(name, problem!);
        return read is not null && read.Boot == here.Boot
            ? ([.. read.Members.Where(IsWhole)], [.. (read.Down ?? []).Where(IsWhole)])
            : ([], []);
    }

    /// <summary>
    /// Reads the state of an earlier service. Files of other namespaces are left alone, those of earlier boots are removed, and
    /// unreadable ones are set aside. A copy stored in the kernel is used if it is newer than the file, or if there is no file.
    /// </summary>
    /// <param name="memories">The copies stored in the kernel for bonds in this network namespace.</param>
    public IReadOnlyList<BondState> ReadAll(IEnumerable<byte[]> memories)
    {
        var states = new List<BondState>();
        foreach (var state in ReadFiles())
            Take(states, state, isFile: true);
        foreach (var memory in memories)
        {
            if (Parse(memory) is { } state && state.Boot == here.Boot && state.Directory == directory.Path)
                Take(states, state, isFile: false);
        }
        return states;
    }

    /// <summary>Interfaces of bonds whose services have another state directory, by the copies stored in the kernel.</summary>
    public IReadOnlySet<int> KnownElsewhere(IEnumerable<byte[]> memories)
    {
        var elsewhere = memories.Select(Parse).OfType<BondState>().Where(state => state.Directory != directory.Path);
        return elsewhere.SelectMany(state => state.Interfaces).ToHashSet();
    }

    /// <summary>Sets an unusable file aside, for inspection.</summary>
    public void SetAside(string name, string problem)
    {
        FileOf(name).Write();
        SetAsideFile(NameOf(name), problem);
        _files.Remove(name);
    }

    // Of two states of one device the later one counts. Two files exist if a service was killed while its bond was renamed.
    private void Take(List<BondState> states, BondState state, bool isFile)
    {
        var i = states.FindIndex(known => known.Device is not null && known.Device == state.Device);
        if (i < 0)
        {
            states.Add(state);
            if (!isFile)
                Log.StateFromKernel(log, state.Name);
            return;
        }
        var (later, earlier) = states[i].Revision < state.Revision ? (state, states[i]) : (states[i], state);
        states[i] = later with { Peers = later.Peers ?? earlier.Peers };
        if (later.Name != earlier.Name)
            Delete(earlier.Name);
    }

    private StateFile OwedFile => field ??= new StateFile(directory, _prefix + "owed.json", log);

    private string RollbackName => _prefix + "rollback.json";

    private StateFile RollbackFile => field ??= new StateFile(directory, RollbackName, log);

    // Not .json: it is no reason to look for the namespace.
    private string RolledBackName => _prefix + "rolled-back";

    private StateFile RolledBackFile => field ??= new StateFile(directory, RolledBackName, log);

    private string NameOf(string bond) => _prefix + bond + Extension;

    private StateFile FileOf(string bond)
    {
        if (!_files.TryGetValue(bond, out var file))
            _files[bond] = file = new StateFile(directory, NameOf(bond), log, before: OwedFile);
        return file;
    }

    private void Defer(Action work)
    {
        if (later is null)
            work();
        else
            later(work);
    }

    private List<BondState> ReadFiles()
    {
        var states = new List<BondState>();
        foreach (var name in directory.Names().Where(IsBond))
        {
            var state = Read(name, StateJson.Default.BondState, out var problem);
            if (state is not null && ProblemOf(state, name) is { } wrong)
                (state, problem) = (null, wrong);
            if (state is null)
                SetAsideFile(name, problem!);
            else if (state.Boot != here.Boot)
                Forget(name);
            else
                states.Add(state);
        }
        return states;
    }

    private bool IsBond(string name) =>
        name.StartsWith(_prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal);

    private T? ReadOwn<T>(string name, JsonTypeInfo<T> type, Func<T, (string Boot, ulong Namespace)> whereOf, Func<T, bool> isWhole)
        where T : class
    {
        if (!directory.Names().Contains(name))
            return null;
        var read = Read(name, type, out var problem);
        if (read is not null && whereOf(read) is var (boot, netns))
        {
            if (boot != here.Boot)
            {
                Forget(name);
                return null;
            }
            problem = netns == here.Namespace && isWhole(read) ? null : "it is incomplete, or its name does not match its content";
        }
        if (problem is null)
            return read;
        SetAsideFile(name, problem);
        return null;
    }

    private T? Read<T>(string name, JsonTypeInfo<T> type, out string? problem)
        where T : class
    {
        var content = StateFile.Read(directory, name);
        problem = content.Value is null ? content.Error.ToString() : null;
        if (content.Value is not { } json)
            return null;
        try
        {
            if (JsonSerializer.Deserialize(json, type) is { } read)
                return read;
            problem = "it is empty";
        }
        catch (JsonException e)
        {
            problem = e.Message;
        }
        return null;
    }

    private BondState? Parse(byte[] memory)
    {
        try
        {
            return
                JsonSerializer.Deserialize(memory, StateJson.Default.BondState) is { } state && ProblemOf(state, NameOf(state.Name)) is null
                ? state
                : null;
        }
        catch (JsonException)
        {
            // Not in a format that this version knows: the bond's file is used instead.
            return null;
        }
    }

    private string? ProblemOf(BondState state, string name)
    {
        if (Core.InterfaceName.Problem(state.Name) is { } problem)
            return problem;
        if (NameOf(state.Name) != name || state.Namespace != here.Namespace)
            return "its name does not match its content";
        var isWhole =
            IsWhole(state.Options) && state.Peers is null or { IsWhole: true } && state.Members is not null && state.Members.All(IsWhole);
        return isWhole ? null : "it is incomplete";
    }

    // The JSON reader leaves missing values null, and does not check the elements of lists.
    private static bool IsWhole(MemberState? member) => member is { Saved: { } saved } && IsWhole(saved) && IsWhole(member.Options);

    private static bool IsWhole(RememberedBond? bond) =>
        bond is { Name: not null, Members: not null }
        && IsWhole(bond.Options)
        && bond.Members.All(IsWhole)
        && (bond.Device is null || IsWhole(bond.Device));

    private static bool IsWhole(RememberedMember? member) => member is { Name: not null } && IsWhole(member.Options);

    private static bool IsWhole(OwedMember? owed) => owed is { Bond: not null, Saved: { } saved } && IsWhole(saved);

    private static bool IsWhole(SavedMember saved) =>
        saved.Addresses is { } addresses && !addresses.Contains(null!) && saved.Routes?.Any(static route => route?.Message is null) != true;

    private static bool IsWhole(IReadOnlyDictionary<string, string>? options) => options is not null && !options.Values.Contains(null!);

    private void SetAsideFile(string name, string problem)
    {
        var aside = name + ".unreadable";
        var (path, asidePath) = (PathOf(name), PathOf(aside));
        Log.StateUnreadable(log, path, asidePath, problem);
        if (directory.Rename(name, aside) is { IsOk: false } failed)
            Log.StateUnwritable(log, asidePath, failed.ToString());
    }

    private void Forget(string name)
    {
        var path = PathOf(name);
        Log.StateOfEarlierBoot(log, path);
        if (directory.Delete(name) is { IsOk: false } failed)
            Log.StateUnwritable(log, path, failed.ToString());
    }

    private string PathOf(string name) => Path.Combine(directory.Path, name);
}
