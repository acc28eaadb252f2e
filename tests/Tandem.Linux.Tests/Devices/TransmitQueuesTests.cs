using Tandem.Linux.Devices;

namespace Tandem.Linux.Tests.Devices;

public class TransmitQueuesTests
{
    [Theory]
    [InlineData("0\n", "00000001")]
    [InlineData("0-1\n", "00000003")]
    [InlineData("0-31\n", "ffffffff")]
    [InlineData("0-32\n", "00000001,ffffffff")]
    [InlineData("0-3,8-11\n", "00000fff")]
    [InlineData("0-127\n", "ffffffff,ffffffff,ffffffff,ffffffff")]
    public void A_set_of_all_processors_is_written_as_the_kernel_reads_it(string possible, string mask) =>
        Assert.Equal(mask, TransmitQueues.Mask(possible));
}
