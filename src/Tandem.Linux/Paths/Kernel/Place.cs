using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>Where a program stands: a hook, and the interface and point at which it takes frames.</summary>
/// <param name="Hook">The hook.</param>
/// <param name="Ifindex">The interface, in this network namespace.</param>
/// <param name="Point">The point of the interface.</param>
internal readonly record struct Place(Hook Hook, int Ifindex, HookPoint Point)
{
    /// <summary>Attaches a program, in the place of an earlier one of Tandem's.</summary>
    public LinuxResult Attach(int program) => Hook.Attach(Ifindex, Point, program);

    /// <summary>Detaches what any process of Tandem's left here. No error where nothing is, or nothing can be.</summary>
    public LinuxResult Leave() => Native.LibBpf.Problem is null ? Hook.Detach(Ifindex, Point) : LinuxResult.Ok;

    /// <summary>The id of the program of Tandem's; 0 if there is none.</summary>
    public uint Find() => Hook.Find(Ifindex, Point);

    /// <summary>What others have here, in words.</summary>
    public IEnumerable<string> Strangers() => Hook.Strangers(Ifindex, Point);
}
