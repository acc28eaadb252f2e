using System.Runtime.ExceptionServices;
using Tandem.Linux.Native;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Hosting;

/// <summary>An open network namespace, which exists at least as long as this object. Thread-safe.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private const string ThisThread = "/proc/thread-self/ns/net";

    private NetworkNamespace(FileDescriptor descriptor, string id) => (Descriptor, Id) = (descriptor, id);

    /// <summary>The descriptor.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>The kernel's name for it, unique as long as it exists: <c>net:[4026531840]</c>.</summary>
    public string Id { get; }

    /// <summary>Opens the namespace of the calling thread.</summary>
    /// <exception cref="InvalidOperationException">/proc does not show it.</exception>
    public static NetworkNamespace OfThisThread() =>
        Open(ThisThread) ?? throw new InvalidOperationException($"{ThisThread} cannot be opened");

    /// <summary>Opens a namespace by a file; null if it cannot be opened, or is none.</summary>
    /// <param name="path">The file of a named namespace, or that of a process (<c>/proc/PID/ns/net</c>).</param>
    public static NetworkNamespace? Open(string path) => From(Files.Open(path, Files.O_RDONLY | Files.O_CLOEXEC));

    /// <summary>Takes ownership of a descriptor; null if it is not that of a network namespace, and then closes it.</summary>
    public static NetworkNamespace? From(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (!descriptor.IsInvalid && NamespaceFiles.IdOf(descriptor) is { } id)
            return new NetworkNamespace(descriptor, id);
        descriptor.Dispose();
        return null;
    }

    /// <summary>Opens it once more: both exist independently.</summary>
    /// <exception cref="InvalidOperationException">There are no more descriptors.</exception>
    public NetworkNamespace Duplicate() =>
        From(FileDescriptor.FromC(Processes.Control(Descriptor.Number, Processes.F_DUPFD_CLOEXEC, Processes.FirstFree)))
        ?? throw new InvalidOperationException("a network namespace cannot be held open: there are no more descriptors");

    /// <summary>Moves the calling thread into the namespace. Needs CAP_SYS_ADMIN.</summary>
    public LinuxResult Enter() =>
        Namespaces.SetNamespace(Descriptor, Namespaces.CLONE_NEWNET) == 0
            ? LinuxResult.Ok
            : LinuxResult.Last("the network namespace cannot be entered");

    /// <summary>
    /// Runs an action on a thread in the namespace, and waits for it; threads that it starts are in the namespace, too. Throws what the action throws.
    /// </summary>
    /// <param name="threadName">Name of the thread; at most 15 bytes.</param>
    /// <param name="work">The action; it does not run if the namespace cannot be entered.</param>
    /// <returns>Whether the namespace could be entered.</returns>
    /// <exception cref="InvalidOperationException">No thread can be started.</exception>
    public LinuxResult Run(string threadName, Action work)
    {
        var entered = LinuxResult.Ok;
        ExceptionDispatchInfo? problem = null;
        OwnThread
            .Start(
                threadName,
                () =>
                {
                    entered = Enter();
                    try
                    {
                        if (entered.IsOk)
                            work();
                    }
                    catch (Exception e)
                    {
                        // An unhandled exception on this thread would end the process.
                        problem = ExceptionDispatchInfo.Capture(e);
                    }
                }
            )
            .Join();
        problem?.Throw();
        return entered;
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();
}
