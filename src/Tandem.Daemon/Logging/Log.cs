namespace Tandem.Daemon.Logging;

/// <summary>All log messages of the service. An event ID is never reused for another message.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "tandemd {Version} listens on {Socket}")]
    public static partial void Started(ILogger log, string version, string socket);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "stopping: members are restored")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "cannot start: {Problem}")]
    public static partial void CannotStart(ILogger log, string problem);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "replaced by {Program}; the bonds continue")]
    public static partial void Succeeded(ILogger log, string program);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "cannot be replaced, and continues: {Problem}")]
    public static partial void CannotBeReplaced(ILogger log, string problem);

    [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "{Netns}: this network namespace is served, too")]
    public static partial void NamespaceHosted(ILogger log, string netns);

    [LoggerMessage(EventId = 8, Level = LogLevel.Information, Message = "{Netns}: this network namespace is not served any more: {Reason}")]
    public static partial void NamespaceClosed(ILogger log, string netns, string reason);

    [LoggerMessage(
        EventId = 9,
        Level = LogLevel.Warning,
        Message = "{Netns}: the bonds that were left there cannot be taken over: {Reason}"
    )]
    public static partial void NamespaceNotHosted(ILogger log, string netns, string reason);

    [LoggerMessage(
        EventId = 12,
        Level = LogLevel.Warning,
        Message = "{Directory} has the state of bonds in a network namespace (cookie {Cookie}) that cannot be found, or has ended; they are taken over at the first request from there"
    )]
    public static partial void NamespaceNotFound(ILogger log, ulong cookie, string directory);

    [LoggerMessage(EventId = 13, Level = LogLevel.Error, Message = "{File}")]
    public static partial void FileError(ILogger log, string file);

    [LoggerMessage(
        EventId = 14,
        Level = LogLevel.Error,
        Message = "{Directory} has errors: no bonds are made from it; those that run stay as they are"
    )]
    public static partial void FilesNotUsed(ILogger log, string directory);

    [LoggerMessage(EventId = 15, Level = LogLevel.Error, Message = "{Bond}: not made as its file says: {Reason}")]
    public static partial void NotMade(ILogger log, string bond, string reason);

    [LoggerMessage(EventId = 16, Level = LogLevel.Warning, Message = "{Bond}: {Member} does not exist yet; it joins when it appears")]
    public static partial void Awaits(ILogger log, string bond, string member);

    /// <summary>An event of a bond. The level is the event's.</summary>
    [LoggerMessage(EventId = 10, Message = "{Bond}: {Kind}: {Reason}")]
    public static partial void BondEvent(ILogger log, LogLevel level, string bond, string kind, string reason);

    /// <summary>An event of a member. The level is the event's.</summary>
    [LoggerMessage(EventId = 11, Message = "{Bond}: {Member}: {Kind}: {Reason}")]
    public static partial void MemberEvent(ILogger log, LogLevel level, string bond, string member, string kind, string reason);

    [LoggerMessage(EventId = 20, Level = LogLevel.Error, Message = "a message could not be processed; the service continues")]
    public static partial void WriterFault(ILogger log, Exception exception);

    [LoggerMessage(EventId = 21, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    public static partial void RequestFault(ILogger log, string method, string path, Exception exception);

    [LoggerMessage(EventId = 22, Level = LogLevel.Debug, Message = "{Method} {Path} refused: {Kind}: {Reason}")]
    public static partial void Refused(ILogger log, string method, string path, string kind, string reason);

    [LoggerMessage(
        EventId = 30,
        Level = LogLevel.Information,
        Message = "{Bond}: taken over from the previous service, with {Members} members"
    )]
    public static partial void TakenOver(ILogger log, string bond, int members);

    [LoggerMessage(EventId = 31, Level = LogLevel.Warning, Message = "{Bond}: cannot be taken over; its members are restored: {Reason}")]
    public static partial void NotTakenOver(ILogger log, string bond, string reason);

    [LoggerMessage(EventId = 32, Level = LogLevel.Error, Message = "{File} cannot be read and is set aside as {Aside}: {Reason}")]
    public static partial void StateUnreadable(ILogger log, string file, string aside, string reason);

    [LoggerMessage(EventId = 33, Level = LogLevel.Error, Message = "{File} cannot be written: {Reason}")]
    public static partial void StateUnwritable(ILogger log, string file, string reason);

    [LoggerMessage(EventId = 34, Level = LogLevel.Information, Message = "{File} is of an earlier boot and is removed")]
    public static partial void StateOfEarlierBoot(ILogger log, string file);

    [LoggerMessage(
        EventId = 35,
        Level = LogLevel.Warning,
        Message = "{Bond}: {Member} cannot be restored completely; this is retried: {Reason}"
    )]
    public static partial void CannotGiveBack(ILogger log, string bond, string member, string reason);

    [LoggerMessage(EventId = 36, Level = LogLevel.Warning, Message = "{Bond}: not in its previous state: {Reason}")]
    public static partial void NotRestored(ILogger log, string bond, string reason);

    [LoggerMessage(EventId = 37, Level = LogLevel.Information, Message = "{Bond}: a member joins again: {Reason}")]
    public static partial void JoinsAnew(ILogger log, string bond, string reason);

    [LoggerMessage(EventId = 38, Level = LogLevel.Information, Message = "{Bond}: removed, with {Members} members")]
    public static partial void Flushed(ILogger log, string bond, int members);

    [LoggerMessage(EventId = 39, Level = LogLevel.Error, Message = "{What}: cannot be removed: {Reason}")]
    public static partial void NotFlushed(ILogger log, string what, string reason);

    [LoggerMessage(EventId = 40, Level = LogLevel.Warning, Message = "notifications of the kernel were lost; all links are read again")]
    public static partial void LinksLost(ILogger log);

    [LoggerMessage(EventId = 41, Level = LogLevel.Error, Message = "links are no longer watched")]
    public static partial void WatchEnded(ILogger log, Exception exception);

    [LoggerMessage(EventId = 42, Level = LogLevel.Warning, Message = "changes of nftables are not watched: {Reason}")]
    public static partial void GuardsUnwatched(ILogger log, string reason);

    [LoggerMessage(EventId = 43, Level = LogLevel.Debug, Message = "{Bond}: the kernel's verifier says: {Text}")]
    public static partial void VerifierLog(ILogger log, string bond, string text);

    [LoggerMessage(
        EventId = 44,
        Level = LogLevel.Error,
        Message = "{Bond}: cannot be taken over, and is left as it is: programs in the kernel continue by their last plan, without failover; give the service what it lacks and restart it, or run tandemd --flush: {Reason}"
    )]
    public static partial void LeftAlone(ILogger log, string bond, string reason);

    [LoggerMessage(EventId = 45, Level = LogLevel.Warning, Message = "{Bond}: has no state file; taken over from the copy in the kernel")]
    public static partial void StateFromKernel(ILogger log, string bond);

    [LoggerMessage(
        EventId = 61,
        Level = LogLevel.Information,
        Message = "{Bond}: {Member} is restored; {Count} routes come back when it is set up"
    )]
    public static partial void RoutesWait(ILogger log, string bond, string member, int count);

    [LoggerMessage(
        EventId = 62,
        Level = LogLevel.Warning,
        Message = "{Member}: {Count} routes that it had before it joined are not restored, since it is down"
    )]
    public static partial void RoutesNotRestored(ILogger log, string member, int count);

    [LoggerMessage(
        EventId = 86,
        Level = LogLevel.Warning,
        Message = "{Bond}: {Member}: not all routes that it had before are back: {Problem}"
    )]
    public static partial void RoutesLost(ILogger log, string bond, string member, string problem);

    [LoggerMessage(EventId = 87, Level = LogLevel.Warning, Message = "the changes are undone, with {Failures} failures")]
    public static partial void ChangesUndone(ILogger log, int failures);

    [LoggerMessage(EventId = 46, Level = LogLevel.Information, Message = "{Bond}: {Member} is restored, with delay")]
    public static partial void GivenBackLate(ILogger log, string bond, string member);

    [LoggerMessage(
        EventId = 47,
        Level = LogLevel.Warning,
        Message = "{Interface} was a member of an otherwise unknown bond: its guard and programs were removed, it was set down, and its own address is {Address}"
    )]
    public static partial void Swept(ILogger log, string @interface, string address);

    [LoggerMessage(
        EventId = 48,
        Level = LogLevel.Error,
        Message = "{Device} is the device of an otherwise unknown bond: it is left as it is, without failover; tandemd --flush removes it"
    )]
    public static partial void DeviceOfNobody(ILogger log, string device);

    [LoggerMessage(EventId = 49, Level = LogLevel.Warning, Message = "interfaces cannot be read; this is retried in a second: {Reason}")]
    public static partial void CannotLook(ILogger log, string reason);

    [LoggerMessage(
        EventId = 80,
        Level = LogLevel.Information,
        Message = "changes are applied that wait for confirmation until {Until:u}; without it {Bonds} bonds are brought back to what they are now"
    )]
    public static partial void RollbackArmed(ILogger log, DateTimeOffset until, int bonds);

    [LoggerMessage(
        EventId = 81,
        Level = LogLevel.Information,
        Message = "changes of the time of the previous service wait for confirmation until {Until:u}"
    )]
    public static partial void RollbackTakenOver(ILogger log, DateTimeOffset until);

    [LoggerMessage(EventId = 82, Level = LogLevel.Information, Message = "the changes are confirmed")]
    public static partial void RollbackConfirmed(ILogger log);

    [LoggerMessage(
        EventId = 83,
        Level = LogLevel.Warning,
        Message = "changes were not {Lacks} and are rolled back: {Bonds} bonds are brought back to what they were, {Made} that were made are removed"
    )]
    public static partial void RollingBack(ILogger log, string lacks, int bonds, int made);

    [LoggerMessage(EventId = 84, Level = LogLevel.Error, Message = "not rolled back: {Failure}")]
    public static partial void NotRolledBack(ILogger log, string failure);

    [LoggerMessage(
        EventId = 85,
        Level = LogLevel.Warning,
        Message = "the changes are rolled back, with {Failures} failures; files that hold them are as they were, and the next boot applies them: see \"tandem apply --dry-run\", or write the bonds that run with \"tandem save\""
    )]
    public static partial void RolledBack(ILogger log, int failures);

    [LoggerMessage(EventId = 58, Level = LogLevel.Warning, Message = "{Directory}: the files proc and sys are not kept there: {Reason}")]
    public static partial void NoTrees(ILogger log, string directory, string reason);

    [LoggerMessage(
        EventId = 50,
        Level = LogLevel.Information,
        Message = "stopping: the bonds continue, and the next service takes them over"
    )]
    public static partial void Leaving(ILogger log);

    [LoggerMessage(
        EventId = 60,
        Level = LogLevel.Warning,
        Message = "{Count} connections were closed since the last such line: the maximum is {Max}, and {MaxOfOthers} for users other than root; the oldest idle ones are closed first"
    )]
    public static partial void ConnectionsClosed(ILogger log, int count, int max, int maxOfOthers);

    [LoggerMessage(EventId = 70, Level = LogLevel.Warning, Message = "{What}: the driver's files are not mounted there: {Reason}")]
    public static partial void NotMounted(ILogger log, string what, string reason);

    [LoggerMessage(EventId = 71, Level = LogLevel.Information, Message = "mounts of an earlier process were removed")]
    public static partial void StaleMountsRemoved(ILogger log);
}
