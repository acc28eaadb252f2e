using System.Globalization;
using System.Text.Json;
using Tandem.Daemon.Logging;

namespace Tandem.Daemon.State;

/// <summary>
/// Keeps a file for each bond, so that a service that is killed leaves nothing behind that the next one cannot take over or undo. A
/// file is replaced as a whole: it is the old one or the new one, never a part.
/// </summary>
internal sealed class StateStore(string directory, Surroundings here, ILogger log)
{
    private const string Extension = ".bond.json";
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"{here.Namespace}.");
    private readonly Dictionary<string, byte[]> _written = [];

    /// <summary>A state with nothing but the name, for this boot and namespace.</summary>
    public BondState Blank(string name) =>
        new()
        {
            Format = BondState.CurrentFormat,
            Boot = here.Boot,
            Namespace = here.Namespace,
            Name = name,
        };

    /// <summary>Writes a state unless it is what was written last.</summary>
    public void Save(BondState state)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.BondState);
        if (_written.TryGetValue(state.Name, out var last) && last.AsSpan().SequenceEqual(json))
            return;
        var path = PathOf(state.Name);
        var draft = path + ".new";
        try
        {
            // Not flushed to the disk: a file that the machine's end could cut would be of an earlier boot, and is not used then.
            File.WriteAllBytes(draft, json);
            File.Move(draft, path, overwrite: true);
            _written[state.Name] = json;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Traffic matters more than the memory of it: the bond goes on, and the log says what a kill would cost.
            Log.StateUnwritable(log, path, e.Message);
        }
    }

    /// <summary>Removes a bond's file.</summary>
    public void Delete(string name)
    {
        _written.Remove(name);
        TryDelete(PathOf(name));
    }

    /// <summary>
    /// Reads the files that an earlier service left here. Those of other namespaces are left alone, those of earlier boots are
    /// removed, and those that cannot be read are set aside.
    /// </summary>
    public IReadOnlyList<BondState> ReadAll()
    {
        var states = new List<BondState>();
        foreach (var path in Directory.EnumerateFiles(directory, _prefix + "*" + Extension).Order(StringComparer.Ordinal).ToList())
        {
            var (state, problem) = Read(path);
            if (state is null)
                SetAsideFile(path, problem!);
            else if (state.Boot != here.Boot)
                Forget(path);
            else
                states.Add(state);
        }
        return states;
    }

    /// <summary>Sets a bond's file aside, for people to look at: it cannot be used.</summary>
    public void SetAside(string name, string problem)
    {
        _written.Remove(name);
        SetAsideFile(PathOf(name), problem);
    }

    private string PathOf(string name) => Path.Combine(directory, _prefix + name + Extension);

    private (BondState? State, string? Problem) Read(string path)
    {
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.BondState);
            if (state is null)
                return (null, "nothing is in it");
            if (state.Format != BondState.CurrentFormat)
                return (null, string.Create(CultureInfo.InvariantCulture, $"its format is {state.Format}, not {BondState.CurrentFormat}"));
            if (Core.InterfaceName.Problem(state.Name) is { } problem)
                return (null, problem);
            if (PathOf(state.Name) != path || state.Namespace != here.Namespace)
                return (null, "its name does not go with what is in it");
            return IsWhole(state) ? (state, null) : (null, "a part of it is missing");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }

    // The reader of JSON leaves null what the file does not have, and does not look into lists.
    private static bool IsWhole(BondState state) =>
        IsWhole(state.Options)
        && state.Peers is null or { IsWhole: true }
        && state.Members is not null
        && state.Members.All(member =>
            member is { Saved.Addresses: { } addresses } && !addresses.Contains(null!) && IsWhole(member.Options)
        );

    private static bool IsWhole(IReadOnlyDictionary<string, string>? options) => options is not null && !options.Values.Contains(null!);

    private void SetAsideFile(string path, string problem)
    {
        var aside = path + ".unreadable";
        Log.StateUnreadable(log, path, aside, problem);
        try
        {
            File.Move(path, aside, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.StateUnwritable(log, aside, e.Message);
        }
    }

    private void Forget(string path)
    {
        Log.StateOfEarlierBoot(log, path);
        TryDelete(path);
    }

    private void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.StateUnwritable(log, path, e.Message);
        }
    }
}
