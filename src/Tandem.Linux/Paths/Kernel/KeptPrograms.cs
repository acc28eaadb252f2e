using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>The places where one bond has programs: attached by the bond's thread, and watched from then on until they are left.</summary>
/// <param name="watch">Puts back what others detach.</param>
internal sealed class KeptPrograms(PerNamespace<ProgramWatch>.Lease watch) : IDisposable
{
    private readonly List<WatchedPlace> _places = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<WatchedPlace> Places => _places;

    /// <summary>Attaches a program, in the place of an earlier one of Tandem's, and has it stay.</summary>
    public LinuxResult Attach(Place place, int program)
    {
        Forget(place);
        var result = place.Attach(program);
        if (!result.IsOk)
            return result;
        var watched = new WatchedPlace(place, program);
        _places.Add(watched);
        watch.Value.Add(watched);
        return result;
    }

    /// <summary>Detaches what any process of Tandem's left at a place.</summary>
    public LinuxResult Leave(Place place)
    {
        Forget(place);
        return place.Leave();
    }

    /// <summary>Watches a place no longer; what is attached there stays.</summary>
    public void Forget(Place place)
    {
        if (_places.Find(watched => watched.Place == place) is not { } found)
            return;
        found.End();
        watch.Value.Remove(found);
        _places.Remove(found);
    }

    /// <summary>Watches nothing any longer; what is attached stays.</summary>
    public void Dispose()
    {
        foreach (var watched in _places.ToArray())
            Forget(watched.Place);
        watch.Dispose();
    }
}
